import { OpenAPIHono } from "@hono/zod-openapi";
import packageJson from "../../package.json" with { type: "json" };
import { toHex } from "../core/hex.ts";
import { ProblemError } from "../core/problem.ts";
import { createModelRunner } from "../service/answering/model-runner.ts";
import type { ServiceDependencies } from "../service/dependencies.ts";
import type { ServiceEnv } from "./context.ts";
import { registerErrorHandlers, toInvalidRequest } from "./errors.ts";
import { requestId } from "./middleware/request-id.ts";
import { registerAuditRoute } from "./routes/audit.ts";
import { registerBlobRoutes } from "./routes/blobs.ts";
import { registerBundleRoutes } from "./routes/bundles.ts";
import { registerChannelRoutes } from "./routes/channels.ts";
import { registerCompletionRoute } from "./routes/completions.ts";
import { registerHealthRoutes } from "./routes/health.ts";
import { registerHotfixRoutes } from "./routes/hotfixes.ts";
import { registerInfoRoute } from "./routes/info.ts";
import { registerModelRoutes } from "./routes/models.ts";
import { registerPatchRoutes } from "./routes/patches.ts";
import { BEARER_SCHEME } from "./routes/route-parts.ts";
import { registerTokenRoutes } from "./routes/tokens.ts";

/** Random bytes in a request's id. */
const REQUEST_ID_BYTES = 8;

const registerDocument = (app: OpenAPIHono<ServiceEnv>): void => {
  app.openAPIRegistry.registerComponent("securitySchemes", BEARER_SCHEME, { type: "http", scheme: "bearer" });
  app.doc31("/openapi.json", {
    openapi: "3.1.0",
    info: { title: "Errata", version: packageJson.version, description: packageJson.description },
  });
};

/**
 * The edge service over its ports. One app serves an isolate for its lifetime: loaded models and composed
 * patch sets live in it. Every answer that is not a success carries OpenAI's error envelope.
 */
export const createApp = (dependencies: ServiceDependencies): OpenAPIHono<ServiceEnv> => {
  const app = new OpenAPIHono<ServiceEnv>({
    defaultHook: (result) => {
      if (!result.success) throw new ProblemError(toInvalidRequest(result.error));
    },
  });
  app.use(requestId(() => toHex(dependencies.randomBytes(REQUEST_ID_BYTES))));
  registerErrorHandlers(app, dependencies.log);
  registerHealthRoutes(app, dependencies);
  registerInfoRoute(app, dependencies);
  registerCompletionRoute(app, dependencies, createModelRunner(dependencies));
  registerModelRoutes(app, dependencies);
  registerBlobRoutes(app, dependencies);
  registerBundleRoutes(app, dependencies);
  registerChannelRoutes(app, dependencies);
  registerPatchRoutes(app, dependencies);
  registerHotfixRoutes(app, dependencies);
  registerAuditRoute(app, dependencies);
  registerTokenRoutes(app, dependencies);
  registerDocument(app);
  return app;
};
