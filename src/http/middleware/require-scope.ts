import type { MiddlewareHandler } from "hono";
import { ProblemError, problem } from "../../core/problem.ts";
import type { Scope } from "../../core/scope.ts";
import { type Authority, authenticate, authorize } from "../../service/access/authenticate.ts";
import type { ServiceEnv } from "../context.ts";
import { unwrap } from "../errors.ts";
import { isLoopback } from "./is-loopback.ts";

const BEARER = /^Bearer +(\S+)$/i;

const bearerOf = ({ headers }: Request): string => {
  const token = BEARER.exec(headers.get("authorization") ?? "")?.[1];
  if (token !== undefined) return token;
  const message = "Expected an access token in the header: Authorization: Bearer <token>.";
  throw new ProblemError(problem("unauthenticated", message));
};

/** Lets a request through whose bearer token holds one of `scopes`, or `admin`. */
export const requireScope = (authority: Authority, scopes: readonly Scope[]): MiddlewareHandler<ServiceEnv> =>
  async function authenticateRequest(context, next) {
    const { raw } = context.req;
    const actor = unwrap(await authenticate(bearerOf(raw), isLoopback(raw), authority));
    context.set("actor", unwrap(authorize(actor, scopes)));
    await next();
  };
