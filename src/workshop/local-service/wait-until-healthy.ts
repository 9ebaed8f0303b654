import { setTimeout as delay } from "node:timers/promises";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { ProcessGroup } from "./process-group.ts";
import { wranglerProblem } from "./wrangler.ts";

/** How long the service may take to answer for the first time, in milliseconds. About 4 s are usual. */
const START_LIMIT_MS = 120_000;
const POLL_MS = 100;
/** How long one look may take, in milliseconds. */
const LOOK_LIMIT_MS = 5_000;

const isHealthy = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(LOOK_LIMIT_MS) })).ok;
  } catch {
    // Nobody listens yet.
    return false;
  }
};

/**
 * Waits until the service at `url` answers.
 *
 * Errors: `service_unreachable` where the process ends or the time is over, with the last that it said;
 * `cancelled`.
 */
export const waitUntilHealthy = async (
  url: string,
  group: ProcessGroup,
  signal: AbortSignal,
): Promise<Result<null>> => {
  let code: number | null = null;
  void group.exited.then((exitCode) => {
    code = exitCode;
  });
  const deadline = performance.now() + START_LIMIT_MS;
  while (performance.now() < deadline) {
    if (signal.aborted) return fail(problem("cancelled", "Interrupted."));
    if (code !== null)
      return fail(wranglerProblem(`wrangler ended with exit code ${code}`, group.lastLines()));
    if (await isHealthy(url)) return ok(null);
    await delay(POLL_MS);
  }
  const waited = `The service did not answer at ${url} within ${START_LIMIT_MS / 1000} s of wrangler's start`;
  return fail(wranglerProblem(waited, group.lastLines()));
};
