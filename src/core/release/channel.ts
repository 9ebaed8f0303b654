import type { Digest } from "../digest.ts";
import { isDigest } from "../digest.ts";
import { problem } from "../problem.ts";
import type { Result } from "../result.ts";
import { fail, ok } from "../result.ts";

/** A published bundle as a channel points to it. */
export interface ReleaseTarget {
  readonly bundle: Digest;
  /** The number the service gave the bundle among its model's bundles: 1, 2, 3, ... */
  readonly version: number;
}

/** A named pointer of one model, as it stands. */
export interface ChannelState {
  readonly model: string;
  readonly channel: string;
  /** What is served; null is `none`, the bare model. */
  readonly target: ReleaseTarget | null;
  /** Number of moves made so far; every move is one higher, rollbacks too. 0 before the first. */
  readonly sequence: number;
  /** Hash of the newest audit row, which the next row must name; null before the first move. */
  readonly auditHash: Digest | null;
  /** ISO 8601 time of the newest move; null before the first. */
  readonly updatedAt: string | null;
}

/** The two moves a channel can make. */
export type MoveAction = "release" | "rollback";

/** One move of a channel, as the append-only audit keeps it. Rows of one channel are chained by their hashes. */
export interface AuditRow {
  readonly model: string;
  readonly channel: string;
  /** The channel's sequence after this move. */
  readonly sequence: number;
  readonly action: MoveAction;
  readonly from: ReleaseTarget | null;
  readonly to: ReleaseTarget | null;
  readonly message: string;
  /** Name of the token that made the move. */
  readonly actor: string;
  /** ISO 8601 time of the move. */
  readonly at: string;
  /** `hash` of the row before; null for the first. */
  readonly previousHash: Digest | null;
  /** sha256 of the canonical JSON of all the other fields. */
  readonly hash: Digest;
}

/** A move ready to commit: it takes only while the channel is still at `before`. */
export interface PlannedMove {
  readonly before: ChannelState;
  readonly after: ChannelState;
  readonly audit: AuditRow;
}

/** Most characters of a channel's name. */
export const CHANNEL_NAME_MAX_LENGTH = 63;
const CHANNEL_PATTERN = /^[a-z][a-z0-9._-]*$/;
const VERSION_PATTERN = /^v?\d+(\.\d+)*$/;

/** The channel before its first move: the bare model, sequence 0. */
export const unreleasedChannel = (model: string, channel: string): ChannelState => ({
  model,
  channel,
  target: null,
  sequence: 0,
  auditHash: null,
  updatedAt: null,
});

/**
 * Checks the name of a channel. A name that reads as a version number, as `none` or as a digest is refused, so
 * that `model@reference` has one meaning.
 *
 * Errors: `invalid_request`, param `channel`.
 */
export const parseChannelName = (name: string): Result<string> => {
  const reserved =
    name === "none" || VERSION_PATTERN.test(name) || name.startsWith("sha256") || isDigest(name);
  if (!reserved && CHANNEL_PATTERN.test(name) && name.length <= CHANNEL_NAME_MAX_LENGTH) return ok(name);
  return fail(
    problem(
      "invalid_request",
      `"${name.slice(0, 80)}" cannot name a channel. Expected 1 to ${CHANNEL_NAME_MAX_LENGTH} of a-z, 0-9, dot, ` +
        "dash and underscore, a letter first, that does not read as a version number, none or a digest: stable, canary.",
      { param: "channel" },
    ),
  );
};
