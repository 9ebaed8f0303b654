import * as z from "zod";
import { SCOPES } from "../core/scope.ts";
import { REQUEST_LIMITS } from "./limits.ts";
import { listOf } from "./page.ts";

const scopeSchema = z.enum(SCOPES);

/** A token as it is listed: never its text. */
export const tokenSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    scopes: z.array(scopeSchema),
    createdAt: z.string(),
    revokedAt: z.string().nullable(),
  })
  .meta({ id: "Token" });

/** All tokens, oldest first. */
export const tokenListSchema = listOf(tokenSchema);

/** The body that creates a token. */
export const tokenRequestSchema = z.object({
  name: z.string().min(1).max(REQUEST_LIMITS.tokenNameCharacters),
  scopes: z.array(scopeSchema).min(1).max(SCOPES.length),
});

/** A token at its creation, the only time its text is shown. */
export const createdTokenSchema = tokenSchema.omit({ revokedAt: true }).extend({ token: z.string() });

/** A token that is revoked. */
export const revokedTokenSchema = tokenSchema.pick({ id: true, revokedAt: true });

/** A token as it is listed. */
export type WireToken = z.infer<typeof tokenSchema>;
/** The body that creates a token. */
export type TokenRequest = z.input<typeof tokenRequestSchema>;
/** A token at its creation. */
export type CreatedToken = z.infer<typeof createdTokenSchema>;
/** A token that is revoked. */
export type RevokedToken = z.infer<typeof revokedTokenSchema>;
