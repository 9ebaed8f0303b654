import { createRoute } from "@hono/zod-openapi";
import type { ServiceDependencies } from "../../service/dependencies.ts";
import { readAudit } from "../../service/releasing/read-audit.ts";
import { auditQuerySchema, auditSchema } from "../../wire/move.ts";
import { unwrap } from "../errors.ts";
import { toWireAuditRow } from "../to-wire/channel.ts";
import { jsonResponse, type RegisterRoutes, refusals, secured } from "./route-parts.ts";

const auditRoute = (dependencies: ServiceDependencies) =>
  createRoute({
    method: "get",
    path: "/v1/audit",
    tags: ["audit"],
    summary: "Every move of every channel, and whether the chains of hashes hold.",
    ...secured(dependencies, "bundle:read"),
    request: { query: auditQuerySchema },
    responses: {
      200: jsonResponse(auditSchema, "By model and channel, oldest move first."),
      ...refusals,
    },
  });

/** The audit of all channels, or of those that the query selects. */
export const registerAuditRoute: RegisterRoutes = (app, dependencies) => {
  app.openapi(auditRoute(dependencies), async (context) => {
    const { rows, verified } = unwrap(await readAudit(dependencies.stores, context.req.valid("query")));
    return context.json({ data: rows.map(toWireAuditRow), verified }, 200);
  });
};
