import type { MiddlewareHandler } from "hono";
import { digestOfText } from "../../core/digest.ts";
import { problem } from "../../core/problem.ts";
import type { Result } from "../../core/result.ts";
import { fail, ok } from "../../core/result.ts";
import type { Scope } from "../../core/scope.ts";
import { permits } from "../../core/scope.ts";
import type { TokenStore } from "../../store/ports.ts";
import type { Actor, ServiceEnv } from "../context.ts";
import { unwrap } from "../errors.ts";
import { isLoopback, secretsEqual } from "./local-admin.ts";

/** The name under which the local administrator's moves are recorded. */
export const LOCAL_ADMIN_NAME = "local-admin";

const BEARER = /^Bearer +(\S+)$/i;

/** Where bearer tokens are looked up. */
export interface Authority {
  readonly tokens: Pick<TokenStore, "authenticate">;
  /** The token of local work (`ERRATA_ADMIN_TOKEN`), or null where there is none. */
  readonly adminToken: string | null;
}

const refusal = (message: string) => problem("unauthenticated", message);

const localAdmin = (request: Request): Result<Actor> =>
  isLoopback(request)
    ? ok({ name: LOCAL_ADMIN_NAME, scopes: ["admin"] })
    : fail(
        refusal(
          "The token of local work is accepted from this machine only; create one: errata token create.",
        ),
      );

const findActor = async (request: Request, authority: Authority): Promise<Result<Actor>> => {
  const token = BEARER.exec(request.headers.get("authorization") ?? "")?.[1];
  if (token === undefined)
    return fail(refusal("Expected an access token in the header: Authorization: Bearer <token>."));
  if (authority.adminToken && (await secretsEqual(token, authority.adminToken))) return localAdmin(request);
  const found = await authority.tokens.authenticate(await digestOfText(token));
  return found.ok ? found : fail(refusal("The access token is unknown or was revoked."));
};

/**
 * Lets a request through whose bearer token holds one of `scopes`, or `admin`. Only the token's hash is looked up, so
 * that neither the database nor its query log ever holds a token. The lookup is a strong read: a revoked
 * token is refused from the next request on.
 */
export const requireScope = (authority: Authority, scopes: readonly Scope[]): MiddlewareHandler<ServiceEnv> =>
  async function authenticate(context, next) {
    const actor = unwrap(await findActor(context.req.raw, authority));
    if (!scopes.some((scope) => permits(actor.scopes, scope))) {
      const held = actor.scopes.join(", ") || "none";
      unwrap(
        fail(problem("forbidden", `This needs the scope ${scopes.join(" or ")}; the token holds ${held}.`)),
      );
    }
    context.set("actor", actor);
    await next();
  };
