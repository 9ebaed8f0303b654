import { digestOfText } from "../../core/digest.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { permits, type Scope } from "../../core/scope.ts";
import type { TokenStore } from "../../store/ports.ts";
import { secretsEqual } from "./secrets-equal.ts";

/** The name under which the local administrator's moves are recorded. */
const LOCAL_ADMIN_NAME = "local-admin";

/** Who makes a request: a token of the store, or the local administrator. */
export interface Actor {
  /** Goes into audit rows and bundle records. */
  readonly name: string;
  readonly scopes: readonly Scope[];
}

/** Where access tokens are looked up. */
export interface Authority {
  readonly tokens: Pick<TokenStore, "authenticate">;
  /** The token of local work (`ERRATA_ADMIN_TOKEN`), or null where there is none. */
  readonly adminToken: string | null;
}

const refuse = (message: string) => fail(problem("unauthenticated", message));

/**
 * Whose `token` this is. Only its hash is looked up, so that neither the database nor its query log ever holds a
 * token. The lookup is a strong read: a revoked token is refused from the next request on.
 *
 * @param isLocal whether the request was made on this machine, from where alone the token of local work is taken
 *
 * Errors: `unauthenticated`.
 */
export const authenticate = async (
  token: string,
  isLocal: boolean,
  { tokens, adminToken }: Authority,
): Promise<Result<Actor>> => {
  if (adminToken && (await secretsEqual(token, adminToken)))
    return isLocal
      ? ok({ name: LOCAL_ADMIN_NAME, scopes: ["admin"] })
      : refuse(
          "The token of local work is accepted from this machine only; create one: errata token create.",
        );
  const found = await tokens.authenticate(await digestOfText(token));
  return found.ok ? found : refuse("The access token is unknown or was revoked.");
};

/** `actor`, who must hold one of `scopes`, or `admin`. Errors: `forbidden`. */
export const authorize = (actor: Actor, scopes: readonly Scope[]): Result<Actor> => {
  if (scopes.some((scope) => permits(actor.scopes, scope))) return ok(actor);
  const held = actor.scopes.join(", ") || "none";
  return fail(problem("forbidden", `This needs the scope ${scopes.join(" or ")}; the token holds ${held}.`));
};
