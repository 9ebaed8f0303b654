import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { createToken } from "../../service/access/create-token.ts";
import type { ServiceDependencies } from "../../service/dependencies.ts";
import type { TokenRecord } from "../../store/ports.ts";
import {
  createdTokenSchema,
  revokedTokenSchema,
  tokenListSchema,
  tokenRequestSchema,
  type WireToken,
} from "../../wire/token.ts";
import { unwrap } from "../errors.ts";
import { jsonBody, jsonResponse, type RegisterRoutes, refusals, secured } from "./route-parts.ts";

const createTokenRoute = (dependencies: ServiceDependencies) =>
  createRoute({
    method: "post",
    path: "/v1/tokens",
    tags: ["tokens"],
    summary: "Creates an access token. It is shown once; only its hash is kept.",
    ...secured(dependencies, "admin"),
    request: { body: jsonBody(tokenRequestSchema) },
    responses: { 201: jsonResponse(createdTokenSchema, "The token."), ...refusals },
  });

const listTokensRoute = (dependencies: ServiceDependencies) =>
  createRoute({
    method: "get",
    path: "/v1/tokens",
    tags: ["tokens"],
    summary: "Every token ever created, without its text.",
    ...secured(dependencies, "admin"),
    responses: { 200: jsonResponse(tokenListSchema, "Oldest first."), ...refusals },
  });

const revokeTokenRoute = (dependencies: ServiceDependencies) =>
  createRoute({
    method: "delete",
    path: "/v1/tokens/{id}",
    tags: ["tokens"],
    summary: "Revokes a token for good. A second time changes nothing.",
    ...secured(dependencies, "admin"),
    request: { params: z.object({ id: z.string().meta({ param: { name: "id", in: "path" } }) }) },
    responses: {
      200: jsonResponse(revokedTokenSchema, "It is revoked."),
      ...refusals,
    },
  });

const toWire = (token: TokenRecord): WireToken => ({ ...token, scopes: [...token.scopes] });

/** Access tokens: create, list, revoke. */
export const registerTokenRoutes: RegisterRoutes = (app, dependencies) => {
  const { tokens } = dependencies.stores;
  app.openapi(createTokenRoute(dependencies), async (context) => {
    const { name, scopes } = context.req.valid("json");
    const minted = await createToken(dependencies, name, scopes);
    return context.json({ ...minted, scopes: [...minted.scopes] }, 201);
  });
  app.openapi(listTokensRoute(dependencies), async (context) =>
    context.json({ data: (await tokens.list()).map(toWire) }, 200),
  );
  app.openapi(revokeTokenRoute(dependencies), async (context) => {
    const { id } = context.req.valid("param");
    const { revokedAt } = unwrap(await tokens.revoke(id, dependencies.now().toISOString()));
    return context.json({ id, revokedAt }, 200);
  });
};
