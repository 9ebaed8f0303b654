import type { Context } from "hono";
import type { Actor } from "../service/access/authenticate.ts";

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
