import type { Outcome } from "./command.ts";
import type { Style } from "./style.ts";
import type { WireChannel, WireMoved } from "./wire.ts";

/** A version for people: `version 3`, or `none (the bare model)`. */
export const describeVersion = (version: number | null): string =>
  version === null ? "none (the bare model)" : `version ${version}`;

/** `world@stable`. */
export const channelName = ({ model, channel }: Pick<WireChannel, "model" | "channel">): string =>
  `${model}@${channel}`;

/** What a release or rollback did, or would do. */
export const describeMove = (moved: WireMoved, style: Style): Outcome => {
  const { status, before, after } = moved;
  const change = `${describeVersion(before.version)} -> ${describeVersion(after.version)}`;
  const place = `${channelName(after)}, sequence ${after.sequence}`;
  return { document: moved, text: `${style.good(status)}: ${style.strong(change)} on ${place}` };
};
