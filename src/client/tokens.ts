import { ok, type Result } from "../core/result.ts";
import {
  type CreatedToken,
  createdTokenSchema,
  type RevokedToken,
  revokedTokenSchema,
  type TokenRequest,
  tokenListSchema,
  type WireToken,
} from "../wire/token.ts";
import { segment } from "./paths.ts";
import type { CallOptions, Transport } from "./transport.ts";

/** Access tokens. */
export const tokenMethods = ({ json }: Transport) => ({
  /** Creates a token; the answer holds its text, once. */
  create: (request: TokenRequest, call?: CallOptions): Promise<Result<CreatedToken>> =>
    json({ method: "POST", path: "/v1/tokens", json: request }, createdTokenSchema, call),

  /** All tokens, oldest first, without their texts. */
  list: async (call?: CallOptions): Promise<Result<readonly WireToken[]>> => {
    const answer = await json({ method: "GET", path: "/v1/tokens" }, tokenListSchema, call);
    return answer.ok ? ok(answer.value.data) : answer;
  },

  /** Revokes a token for good. Errors: `unknown_token`. */
  revoke: (id: string, call?: CallOptions): Promise<Result<RevokedToken>> =>
    json({ method: "DELETE", path: `/v1/tokens/${segment(id)}` }, revokedTokenSchema, call),
});
