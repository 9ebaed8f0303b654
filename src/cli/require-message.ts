import { problem } from "../core/problem.ts";
import type { Result } from "../core/result.ts";
import { fail, ok } from "../core/result.ts";
import type { RunningContext } from "./context.ts";

/**
 * The reason for a move: as given, or asked for where a person is at the terminal.
 *
 * Errors: `invalid_request` where there is neither; `cancelled` where the question was.
 */
export const requireMessage = async (
  given: string | undefined,
  { terminal }: RunningContext,
): Promise<Result<string>> => {
  if (given !== undefined) return ok(given);
  const expected = "--message: expected the reason for this move; it is kept in the channel's history.";
  if (terminal.askText === null) return fail(problem("invalid_request", expected, { param: "--message" }));
  const answer = await terminal.askText("Why? (kept in the channel's history)");
  if (answer === null) return fail(problem("cancelled", "Cancelled; nothing was changed."));
  return answer.trim() === ""
    ? fail(problem("invalid_request", expected, { param: "--message" }))
    : ok(answer.trim());
};
