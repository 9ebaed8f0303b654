import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { problem } from "../../core/problem.ts";
import { toErrorResponse } from "../errors.ts";

/** Refuses bodies of more than `bytes` as `body_too_large`, before anything parses them. */
export const limitBody = (bytes: number): MiddlewareHandler =>
  bodyLimit({
    maxSize: bytes,
    onError: () =>
      toErrorResponse(
        problem("body_too_large", `The body is larger than the ${bytes} bytes that this route takes.`, {
          detail: { limit: bytes },
        }),
      ),
  });
