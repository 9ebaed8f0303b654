import { createRoute } from "@hono/zod-openapi";
import packageJson from "../../../package.json" with { type: "json" };
import { MANIFEST_FORMAT } from "../../core/bundle/manifest.ts";
import { BACKEND_ELEMENT_TYPES } from "../../engine/backends/backend.ts";
import { infoSchema } from "../../wire/info.ts";
import { FORMAT_LIMITS, LIMITS } from "../limits.ts";
import { jsonResponse, type RegisterRoutes, refusals } from "./route-parts.ts";

const infoRoute = createRoute({
  method: "get",
  path: "/v1/info",
  tags: ["service"],
  summary: "Versions, digests, trusted keys, and every limit.",
  responses: { 200: jsonResponse(infoSchema, "What this service is."), ...refusals },
});

/** `/v1/info`, without a token. */
export const registerInfoRoute: RegisterRoutes = (app, dependencies) => {
  app.openapi(infoRoute, async (context) => {
    const records = await dependencies.stores.models.list();
    const info = {
      service: packageJson.name,
      version: packageJson.version,
      runtime: {
        onnxruntime: packageJson.dependencies["onnxruntime-web"],
        manifestFormat: MANIFEST_FORMAT,
        backend: {
          name: dependencies.backend.name,
          ...dependencies.backend.limits,
          elementTypes: [...BACKEND_ELEMENT_TYPES],
        },
      },
      defaults: { ...dependencies.defaults },
      models: records.map(({ name, digest, model }) => ({ name, digest, context: model.dims.context })),
      trustedKeys: Object.keys(dependencies.trustedKeys),
      limits: { ...LIMITS, ...FORMAT_LIMITS },
    };
    return context.json(info, 200);
  });
};
