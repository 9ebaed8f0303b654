import type { OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import type { Scope } from "../../core/scope.ts";
import type { ServiceDependencies } from "../../service/dependencies.ts";
import { requestDigestSchema } from "../../wire/digest.ts";
import { errorEnvelopeSchema } from "../../wire/error-envelope.ts";
import { REQUEST_LIMITS } from "../../wire/limits.ts";
import type { ServiceEnv } from "../context.ts";
import { limitBody } from "../middleware/limit-body.ts";
import { requireScope } from "../middleware/require-scope.ts";

/** Adds the routes of one resource to the app. */
export type RegisterRoutes = (app: OpenAPIHono<ServiceEnv>, dependencies: ServiceDependencies) => void;

/** The name of the security scheme in the OpenAPI document. */
export const BEARER_SCHEME = "bearer";

/** JSON content of a request or a response. */
export const json = <Schema extends z.ZodType>(schema: Schema) => ({ "application/json": { schema } });

/** A response that carries JSON. */
export const jsonResponse = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  description,
  content: json(schema),
});

/** A body that must be there, as JSON. */
export const jsonBody = <Schema extends z.ZodType>(schema: Schema) => ({
  required: true,
  content: json(schema),
});

/** The refusals of every route: OpenAI's error envelope under the status of the problem's kind. */
export const refusals = {
  default: jsonResponse(errorEnvelopeSchema, "Refused; `error.code` is a stable name."),
} as const;

/** What a route of one scope, or of any of several, has in common with all others: its check, its place in the document, its body limit. */
export const secured = (
  dependencies: ServiceDependencies,
  scope: Scope | readonly [Scope, ...Scope[]],
  bodyBytes: number = REQUEST_LIMITS.jsonBodyBytes,
) => {
  const authority = { tokens: dependencies.stores.tokens, adminToken: dependencies.adminToken };
  const scopes = typeof scope === "string" ? [scope] : scope;
  return {
    description: `Needs the scope ${scopes.map((name) => `\`${name}\``).join(" or ")}.`,
    security: [{ [BEARER_SCHEME]: [] }],
    middleware: [requireScope(authority, scopes), limitBody(bodyBytes)],
  };
};

/** The name of a model in a path. */
export const modelNameParam = z.string().meta({ param: { name: "name", in: "path" }, example: "world" });
/** The name of a channel in a path. */
export const channelParam = z.string().meta({ param: { name: "channel", in: "path" }, example: "stable" });
/** A digest in a path. */
export const digestParam = requestDigestSchema.meta({
  param: { name: "digest", in: "path" },
  example: `sha256:${"0".repeat(64)}`,
});
