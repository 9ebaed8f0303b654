import { shortId } from "../digest.ts";
import type { Result } from "../result.ts";
import { type CarriedOver, NOTHING_CARRIED } from "./carry-over.ts";
import type { ChannelState, PlannedMove } from "./channel.ts";
import { describePatchSet, listNames } from "./describe-change.ts";
import { type MoveContext, planMove } from "./plan-move.ts";
import type { ReleaseTarget, ServedPatchSet } from "./served-patch-set.ts";

const summaryOf = (before: ChannelState, to: ServedPatchSet, carried: CarriedOver): string => {
  const part = (words: string, names: readonly string[]) =>
    names.length > 0 ? [`${words} ${listNames(names)}`] : [];
  return [
    `${describePatchSet(before)} -> ${describePatchSet(to)}`,
    ...part("absorbed hotfix", carried.absorbed.map(shortId)),
    ...part("dropped hotfix", carried.replaced.map(shortId)),
    ...part("still live: hotfix", carried.hotfixes.map(shortId)),
    ...part("still disabled:", carried.disabled),
    ...part("no longer there to disable:", carried.forgotten),
  ].join("; ");
};

/**
 * Plans the release of `target` on a channel; null releases `none`, the bare model.
 *
 * @param carried what becomes of the channel's hotfixes and disabled patches, by `carryOver`
 *
 * Errors: `already_released`, `sequence_conflict`, `invalid_request`.
 */
export const planRelease = (
  context: MoveContext,
  target: ReleaseTarget | null,
  carried: CarriedOver = NOTHING_CARRIED,
): Promise<Result<PlannedMove>> => {
  const to = { target, hotfixes: carried.hotfixes, disabled: carried.disabled };
  return planMove(context, "release", to, summaryOf(context.channel, to, carried));
};
