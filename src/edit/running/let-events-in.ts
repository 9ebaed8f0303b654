import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";

/**
 * Lets the event loop turn once: runs of the native runtime settle without leaving the microtask queue, so that
 * an interrupt would otherwise wait for the end of the work. Fails with `cancelled` once `signal` is aborted.
 */
export const letEventsIn = async (signal: AbortSignal | undefined): Promise<Result<null>> => {
  await new Promise<void>((resolve) => setImmediate(resolve));
  return signal?.aborted ? fail(problem("cancelled", "Interrupted; nothing was written.")) : ok(null);
};
