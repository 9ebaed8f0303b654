import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { digestOf } from "../../core/digest.ts";
import type { ServiceDependencies } from "../../service/dependencies.ts";
import { putHotfix } from "../../service/releasing/move-patches.ts";
import { hotfixOutcomeSchema, hotfixRequestSchema, hotfixSchema } from "../../wire/hotfix.ts";
import { REQUEST_LIMITS } from "../../wire/limits.ts";
import { decodeBundle } from "../decode-bundle.ts";
import { unwrap } from "../errors.ts";
import { toWireHotfix } from "../to-wire/bundle.ts";
import { moveRoute, toMoveRequest, toPatchOutcome } from "./move-parts.ts";
import { digestParam, jsonResponse, type RegisterRoutes, refusals, secured } from "./route-parts.ts";

const STATUSES = { done: "live", planned: "would go live", already: "already live" } as const;

const putRoute = (dependencies: ServiceDependencies) =>
  moveRoute(dependencies, {
    verb: "hotfixes",
    tag: "hotfixes",
    summary:
      "Puts a signed hotfix live on the channel, after checking all of it; its blobs were uploaded before.",
    scope: "hotfix:write",
    body: hotfixRequestSchema,
    bodyBytes: REQUEST_LIMITS.publishBodyBytes,
    outcome: hotfixOutcomeSchema,
  });

const showRoute = (dependencies: ServiceDependencies) =>
  createRoute({
    method: "get",
    path: "/v1/hotfixes/{digest}",
    tags: ["hotfixes"],
    summary: "A hotfix by its id, live or not.",
    ...secured(dependencies, "bundle:read"),
    request: { params: z.object({ digest: digestParam }) },
    responses: { 200: jsonResponse(hotfixSchema, "The hotfix."), ...refusals },
  });

/** Hotfixes: put live, show. */
export const registerHotfixRoutes: RegisterRoutes = (app, dependencies) => {
  app.openapi(putRoute(dependencies), async (context) => {
    const body = context.req.valid("json");
    const hotfix = unwrap(decodeBundle(body));
    const request = toMoveRequest(context, context.req.valid("param"), body, dependencies);
    const moved = unwrap(await putHotfix(dependencies, { ...request, hotfix, disable: body.disable }));
    const outcome = toPatchOutcome(moved, request.dryRun, STATUSES);
    return context.json({ ...outcome, hotfix: await digestOf(hotfix.manifestBytes) }, 200);
  });
  app.openapi(showRoute(dependencies), async (context) => {
    const found = unwrap(await dependencies.stores.hotfixes.findMany([context.req.valid("param").digest]));
    return context.json(toWireHotfix(found[0]!), 200);
  });
};
