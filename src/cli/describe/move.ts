import type { MoveOutcome, WireChannel } from "../../client/client.ts";
import { describePatchSet } from "../../core/release/describe-change.ts";
import { DEFAULT_CHANNEL, DEFAULT_MODEL } from "../../workshop/defaults.ts";
import type { Outcome } from "../command.ts";
import type { Style } from "../style.ts";

/** A version for people: `version 3`, or `none (the bare model)`. */
export const describeVersion = (version: number | null): string =>
  version === null ? "none (the bare model)" : `version ${version}`;

/** `world@stable`. */
export const channelName = ({ model, channel }: Pick<WireChannel, "model" | "channel">): string =>
  `${model}@${channel}`;

/** What a channel serves, for people: `version 3 with 1 hotfix`. */
export const describeServed = ({
  bundle,
  version,
  hotfixes,
  disabled,
}: Pick<WireChannel, "bundle" | "version" | "hotfixes" | "disabled">): string => {
  const target = bundle === null || version === null ? null : { bundle, version };
  const words = describePatchSet({ target, hotfixes, disabled });
  return words === "none" ? describeVersion(null) : words;
};

/** Flags that name a channel, where it is not the one that commands mean by default. */
const flagsOf = ({ model, channel }: WireChannel): string =>
  (model === DEFAULT_MODEL ? "" : ` --model ${model}`) +
  (channel === DEFAULT_CHANNEL ? "" : ` --channel ${channel}`);

/** What people do after a move: the commands as they are to be typed. */
export const nextAfter = {
  release: (after: WireChannel): string =>
    `errata ask "..." --model ${channelName(after)}; if it is wrong, errata rollback${flagsOf(after)}`,
  rollback: (after: WireChannel): string => `errata history${flagsOf(after)}`,
} as const;

/** What a move did, or would do, and what else people should know of it; `next` is shown where something was done. */
export const describeMove = (
  moved: MoveOutcome,
  style: Style,
  next?: (after: WireChannel) => string,
): Outcome => {
  const { status, before, after, summary } = moved;
  const place = `${channelName(after)}, sequence ${after.sequence}`;
  if (before.sequence === after.sequence)
    return { document: moved, text: `${style.good(status)} on ${place}: nothing to do` };
  const change = `${describeServed(before)} -> ${describeServed(after)}`;
  // A plain release says no more in its summary than the first line does.
  const plain = /^released|^would release/.test(status) && !summary.includes(";");
  const details = plain ? "" : `\n${style.faint(summary)}`;
  const step = next === undefined || moved.audit === null ? "" : `\nNext: ${next(after)}`;
  return {
    document: moved,
    text: `${style.good(status)}: ${style.strong(change)} on ${place}${details}${step}`,
  };
};
