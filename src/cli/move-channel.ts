import type { MoveOutcome, ServiceClient, WireChannel } from "../client/client.ts";
import { problem } from "../core/problem.ts";
import { fail, ok, type Result } from "../core/result.ts";
import { connect } from "../workshop/connection/connect.ts";
import type { Outcome } from "./command.ts";
import type { RunningContext } from "./context.ts";
import { describeMove } from "./describe/move.ts";

/** The reason for a move: as given, or asked for where a person is at the terminal. */
const requireMessage = async (
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

/**
 * Makes a move of a channel with its reason, and describes it; `next` says what to do then.
 *
 * Errors: `invalid_request` where there is no reason and nobody to ask; `cancelled` where the question was; those of the
 * service.
 */
export const moveChannel = async (
  reason: string | undefined,
  context: RunningContext,
  move: (client: ServiceClient, message: string) => Promise<Result<MoveOutcome>>,
  next?: (after: WireChannel) => string,
): Promise<Result<Outcome>> => {
  const message = await requireMessage(reason, context);
  if (!message.ok) return message;
  const client = await connect(context);
  if (!client.ok) return client;
  const moved = await move(client.value, message.value);
  return moved.ok ? ok(describeMove(moved.value, context.terminal.style, next)) : moved;
};
