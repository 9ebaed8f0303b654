import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import type { ServiceDependencies } from "../../service/dependencies.ts";
import { parseBundleReference } from "../../service/model-reference.ts";
import { publishBundle } from "../../service/publishing/publish-bundle.ts";
import {
  bundlePageSchema,
  bundleQuerySchema,
  bundleSchema,
  publicationSchema,
  publishRequestSchema,
} from "../../wire/bundle.ts";
import { REQUEST_LIMITS } from "../../wire/limits.ts";
import { decodeBundle } from "../decode-bundle.ts";
import { unwrap } from "../errors.ts";
import { toWireBundle, toWireSummary } from "../to-wire/bundle.ts";
import { jsonBody, jsonResponse, type RegisterRoutes, refusals, secured } from "./route-parts.ts";

const publishRoute = (dependencies: ServiceDependencies) =>
  createRoute({
    method: "post",
    path: "/v1/bundles",
    tags: ["bundles"],
    summary: "Publishes a signed bundle under the next version of its model, after checking all of it.",
    ...secured(dependencies, "bundle:publish", REQUEST_LIMITS.publishBodyBytes),
    request: { body: jsonBody(publishRequestSchema) },
    responses: {
      200: jsonResponse(publicationSchema, "It was published before, or this was a dry run."),
      201: jsonResponse(publicationSchema, "It is published."),
      ...refusals,
    },
  });

const listRoute = (dependencies: ServiceDependencies) =>
  createRoute({
    method: "get",
    path: "/v1/bundles",
    tags: ["bundles"],
    summary: "The bundles of a model, newest first.",
    ...secured(dependencies, "bundle:read"),
    request: { query: bundleQuerySchema },
    responses: { 200: jsonResponse(bundlePageSchema, "One page."), ...refusals },
  });

const showRoute = (dependencies: ServiceDependencies) =>
  createRoute({
    method: "get",
    path: "/v1/bundles/{id}",
    tags: ["bundles"],
    summary: "A bundle by its id, or by model and version (`world@3`).",
    ...secured(dependencies, "bundle:read"),
    request: {
      params: z.object({ id: z.string().meta({ param: { name: "id", in: "path" }, example: "world@3" }) }),
    },
    responses: { 200: jsonResponse(bundleSchema, "The bundle."), ...refusals },
  });

/** Bundles: publish, list, show. */
export const registerBundleRoutes: RegisterRoutes = (app, dependencies) => {
  const { bundles, models } = dependencies.stores;
  app.openapi(publishRoute(dependencies), async (context) => {
    const body = context.req.valid("json");
    const by = { actor: context.get("actor").name, dryRun: body.dryRun ?? false };
    const publication = unwrap(await publishBundle(dependencies, unwrap(decodeBundle(body)), by));
    return context.json(publication, publication.status === "published" ? 201 : 200);
  });
  app.openapi(listRoute(dependencies), async (context) => {
    const { model = dependencies.defaults.model, limit, after } = context.req.valid("query");
    unwrap(await models.find(model));
    const page = await bundles.list(model, { limit, ...(after === undefined ? {} : { below: after }) });
    return context.json({ data: page.data.map(toWireSummary), more: page.more }, 200);
  });
  app.openapi(showRoute(dependencies), async (context) => {
    const reference = unwrap(parseBundleReference(context.req.valid("param").id));
    return context.json(toWireBundle(unwrap(await bundles.find(reference))), 200);
  });
};
