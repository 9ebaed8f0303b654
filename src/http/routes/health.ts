import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { checkReady } from "../../service/check-ready.ts";
import { unwrap } from "../errors.ts";
import { jsonResponse, type RegisterRoutes, refusals } from "./route-parts.ts";

const healthRoute = createRoute({
  method: "get",
  path: "/healthz",
  tags: ["service"],
  summary: "Whether the process answers. Reads nothing.",
  responses: { 200: jsonResponse(z.object({ status: z.literal("ok") }), "It answers.") },
});

const readyRoute = createRoute({
  method: "get",
  path: "/readyz",
  tags: ["service"],
  summary: "Whether the database answers and the default model is registered.",
  responses: {
    200: jsonResponse(z.object({ status: z.literal("ready"), model: z.string() }), "It can serve."),
    ...refusals,
  },
});

/** `/healthz` and `/readyz`, both without a token. */
export const registerHealthRoutes: RegisterRoutes = (app, dependencies) => {
  app.openapi(healthRoute, (context) => context.json({ status: "ok" as const }, 200));
  app.openapi(readyRoute, async (context) => {
    const model = unwrap(await checkReady(dependencies));
    return context.json({ status: "ready" as const, model }, 200);
  });
};
