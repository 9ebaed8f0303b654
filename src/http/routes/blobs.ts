import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import type { ServiceDependencies } from "../../service/dependencies.ts";
import { missingBlobsRequestSchema, missingBlobsSchema, storedBlobSchema } from "../../wire/blob.ts";
import { REQUEST_LIMITS } from "../../wire/limits.ts";
import { unwrap } from "../errors.ts";
import {
  digestParam,
  jsonBody,
  jsonResponse,
  type RegisterRoutes,
  refusals,
  secured,
} from "./route-parts.ts";

const SECONDS_OF_A_YEAR = 31_536_000;
/** A digest never stands for other bytes, so whoever holds a copy may keep it. */
const IMMUTABLE = `private, max-age=${SECONDS_OF_A_YEAR}, immutable`;

/** Who publishes needs blobs stored, and so does who writes a hotfix; a blob alone serves nothing. */
const UPLOADERS = ["bundle:publish", "hotfix:write"] as const;

const digestParams = z.object({ digest: digestParam });
const bytes = { "application/octet-stream": { schema: z.string().meta({ format: "binary" }) } };

const missingRoute = (dependencies: ServiceDependencies) =>
  createRoute({
    method: "post",
    path: "/v1/blobs/missing",
    tags: ["blobs"],
    summary: "Which of these blobs are not stored yet.",
    ...secured(dependencies, UPLOADERS),
    request: { body: jsonBody(missingBlobsRequestSchema) },
    responses: {
      200: jsonResponse(missingBlobsSchema, "The digests to upload."),
      ...refusals,
    },
  });

const putRoute = (dependencies: ServiceDependencies) =>
  createRoute({
    method: "put",
    path: "/v1/blobs/{digest}",
    tags: ["blobs"],
    summary: "Stores a blob under its digest, which is verified.",
    ...secured(dependencies, UPLOADERS, REQUEST_LIMITS.blobBytes),
    request: { params: digestParams, body: { required: true, content: bytes } },
    responses: {
      200: jsonResponse(storedBlobSchema, "It was there already."),
      201: jsonResponse(storedBlobSchema, "It is stored."),
      ...refusals,
    },
  });

const getRoute = (dependencies: ServiceDependencies) =>
  createRoute({
    method: "get",
    path: "/v1/blobs/{digest}",
    tags: ["blobs"],
    summary: "A blob's bytes, verified as they are read.",
    ...secured(dependencies, "bundle:read"),
    request: { params: digestParams },
    responses: { 200: { description: "The bytes.", content: bytes }, ...refusals },
  });

/** Blobs by digest: ask which are missing, store, fetch. */
export const registerBlobRoutes: RegisterRoutes = (app, dependencies) => {
  const { blobs } = dependencies.stores;
  app.openapi(missingRoute(dependencies), async (context) => {
    const missing = await blobs.missing(context.req.valid("json").digests);
    return context.json({ missing: [...missing] }, 200);
  });
  app.openapi(putRoute(dependencies), async (context) => {
    const { digest } = context.req.valid("param");
    const body = new Uint8Array(await context.req.arrayBuffer());
    const status = unwrap(await blobs.put(digest, body));
    return context.json({ digest, status }, status === "stored" ? 201 : 200);
  });
  app.openapi(getRoute(dependencies), async (context) => {
    const { digest } = context.req.valid("param");
    const body = unwrap(await blobs.get(digest)) as Uint8Array<ArrayBuffer>;
    return new Response(body, {
      headers: {
        "content-type": "application/octet-stream",
        etag: `"${digest}"`,
        "cache-control": IMMUTABLE,
      },
    });
  });
};
