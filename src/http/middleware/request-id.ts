import type { MiddlewareHandler } from "hono";
import type { ServiceEnv } from "../context.ts";

/** The header that names a request in answers and in the log. */
export const REQUEST_ID_HEADER = "x-request-id";

/** Gives every request an id of the service's own making and names it in the answer. */
export const requestId = (newId: () => string): MiddlewareHandler<ServiceEnv> =>
  async function nameRequest(context, next) {
    const id = newId();
    context.set("requestId", id);
    await next();
    context.header(REQUEST_ID_HEADER, id);
  };
