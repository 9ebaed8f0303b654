import type { Context } from "hono";
import type { Scope } from "../core/scope.ts";

/** Who makes a request: a token of the store, or the local administrator. */
export interface Actor {
  /** Goes into audit rows and bundle records. */
  readonly name: string;
  readonly scopes: readonly Scope[];
}

/** What middleware leaves for the routes of one request. */
export interface ServiceEnv {
  readonly Variables: {
    requestId: string;
    /** Set on every route that names a scope. */
    actor: Actor;
  };
}

/** One request, as routes and middleware see it. */
export type ServiceContext = Context<ServiceEnv>;

/**
 * Keeps the isolate's work on `promise` alive after this request is answered or abandoned: other requests may
 * be waiting for the same load. Outside of a Worker nothing ends work early, so nothing is done.
 */
export const keepAlive = (context: ServiceContext, promise: Promise<unknown>): void => {
  let waitUntil: ((work: Promise<unknown>) => void) | null = null;
  try {
    const { executionCtx } = context;
    waitUntil = (work) => executionCtx.waitUntil(work);
  } catch {
    // Hono throws where there is no execution context, which is how Node is told from a Worker.
  }
  waitUntil?.(promise.catch(() => undefined));
};
