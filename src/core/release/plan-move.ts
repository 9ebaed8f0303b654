import { problem } from "../problem.ts";
import type { Result } from "../result.ts";
import { fail, ok } from "../result.ts";
import { auditHash } from "./audit-hash.ts";
import type { ChannelState, MoveAction, PlannedMove, ReleaseTarget } from "./channel.ts";

/** Most characters of the message of a move. */
export const MESSAGE_MAX_LENGTH = 1_000;

/** Who moves a channel, when and why. */
export interface MoveContext {
  /** The channel as it was read. */
  readonly channel: ChannelState;
  readonly message: string;
  readonly actor: string;
  /** ISO 8601 time. */
  readonly at: string;
  /** The sequence that the caller last saw; the move is refused where the channel has moved since. */
  readonly expectedSequence?: number;
}

/** Whether two targets are the same bundle; `none` equals `none`. */
export const sameTarget = (left: ReleaseTarget | null, right: ReleaseTarget | null): boolean =>
  (left?.bundle ?? null) === (right?.bundle ?? null);

/** A target in words: `version 3`, or `none`. */
export const describeTarget = (target: ReleaseTarget | null): string =>
  target === null ? "none" : `version ${target.version}`;

const checkContext = ({ channel, message, expectedSequence }: MoveContext): Result<true> => {
  if (message.length > MESSAGE_MAX_LENGTH || !message.isWellFormed())
    return fail(
      problem(
        "invalid_request",
        `Expected a message of at most ${MESSAGE_MAX_LENGTH} characters of Unicode.`,
        {
          param: "message",
        },
      ),
    );
  if (expectedSequence === undefined || expectedSequence === channel.sequence) return ok(true);
  return fail(
    problem(
      "sequence_conflict",
      `Channel "${channel.channel}" is at sequence ${channel.sequence}, not ${expectedSequence}: it moved since you ` +
        "looked. Look at its history, then try again.",
      { param: "expectedSequence", detail: { sequence: channel.sequence } },
    ),
  );
};

/**
 * The move of a channel to `target`, with its audit row: the next sequence, whatever the direction.
 * Errors: `invalid_request`, `sequence_conflict`; `already_released` where the channel stands there already.
 */
export const planMove = async (
  context: MoveContext,
  action: MoveAction,
  target: ReleaseTarget | null,
): Promise<Result<PlannedMove>> => {
  const checked = checkContext(context);
  if (!checked.ok) return checked;
  const { channel: before, message, actor, at } = context;
  if (sameTarget(before.target, target))
    return fail(
      problem("already_released", `Channel "${before.channel}" already serves ${describeTarget(target)}.`, {
        param: "version",
        detail: { sequence: before.sequence },
      }),
    );
  const row = {
    model: before.model,
    channel: before.channel,
    sequence: before.sequence + 1,
    action,
    from: before.target,
    to: target,
    message,
    actor,
    at,
    previousHash: before.auditHash,
  };
  const audit = { ...row, hash: await auditHash(row) };
  const after = { ...before, target, sequence: row.sequence, auditHash: audit.hash, updatedAt: at };
  return ok({ before, after, audit });
};
