import { problem } from "../problem.ts";
import { fail, ok, type Result } from "../result.ts";
import { auditHash } from "./audit-hash.ts";
import { type ChannelState, type MoveAction, type PlannedMove, servedBy } from "./channel.ts";
import { describePatchSet } from "./describe-change.ts";
import { patchSetDigest, type ServedPatchSet, samePatchSet } from "./served-patch-set.ts";

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
 * The move of a channel to the patch set `to`, with its audit row: the next sequence, whatever the direction.
 *
 * @param summary what the move does, in words
 *
 * Errors: `invalid_request`, `sequence_conflict`; `already_released` where the channel serves that set already.
 */
export const planMove = async (
  context: MoveContext,
  action: MoveAction,
  to: ServedPatchSet,
  summary: string,
): Promise<Result<PlannedMove>> => {
  const checked = checkContext(context);
  if (!checked.ok) return checked;
  const { channel: before, message, actor, at } = context;
  if (samePatchSet(before, to))
    return fail(
      problem("already_released", `Channel "${before.channel}" already serves ${describePatchSet(to)}.`, {
        param: "version",
        detail: { sequence: before.sequence },
      }),
    );
  const row = {
    model: before.model,
    channel: before.channel,
    sequence: before.sequence + 1,
    action,
    from: servedBy(before),
    to,
    summary,
    message,
    actor,
    at,
    previousHash: before.auditHash,
  };
  const audit = { ...row, hash: await auditHash(row) };
  const after: ChannelState = {
    ...before,
    ...to,
    patchSet: await patchSetDigest(to),
    sequence: row.sequence,
    auditHash: audit.hash,
    updatedAt: at,
  };
  return ok({ before, after, audit });
};
