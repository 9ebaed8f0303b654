import { type Digest, isDigest } from "../digest.ts";
import { problem } from "../problem.ts";
import { fail, ok, type Result } from "../result.ts";
import { BARE_MODEL, type ServedPatchSet } from "./served-patch-set.ts";

/** A named pointer of one model, as it stands. */
export interface ChannelState extends ServedPatchSet {
  readonly model: string;
  readonly channel: string;
  /** `patchSetDigest` of what is served. */
  readonly patchSet: string;
  /** Number of moves made so far; every move is one higher, rollbacks too. 0 before the first. */
  readonly sequence: number;
  /** Hash of the newest audit row, which the next row must name; null before the first move. */
  readonly auditHash: Digest | null;
  /** ISO 8601 time of the newest move; null before the first. */
  readonly updatedAt: string | null;
}

/** The moves that a channel can make. */
export const MOVE_ACTIONS = ["release", "rollback", "hotfix", "disable", "enable"] as const;

/** One of the moves that a channel can make. */
export type MoveAction = (typeof MOVE_ACTIONS)[number];

/** One move of a channel, as the append-only audit keeps it. Rows of one channel are chained by their hashes. */
export interface AuditRow {
  readonly model: string;
  readonly channel: string;
  /** The channel's sequence after this move. */
  readonly sequence: number;
  readonly action: MoveAction;
  readonly from: ServedPatchSet;
  readonly to: ServedPatchSet;
  /** What the move did, in words; null in rows older than this field. */
  readonly summary: string | null;
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

/** The patch set out of a channel's state. */
export const servedBy = ({ target, hotfixes, disabled }: ServedPatchSet): ServedPatchSet => ({
  target,
  hotfixes,
  disabled,
});

/** Most hotfixes live on a channel at a time; a bundle absorbs them. */
export const CHANNEL_MAX_HOTFIXES = 50;
/** Most patches disabled on a channel at a time; a bundle leaves them out. */
export const CHANNEL_MAX_DISABLED = 200;
/** Most characters of a channel's name. */
export const CHANNEL_NAME_MAX_LENGTH = 63;
const CHANNEL_PATTERN = /^[a-z][a-z0-9._-]*$/;
const VERSION_PATTERN = /^v?\d+(\.\d+)*$/;

/** The channel before its first move: the bare model, sequence 0. */
export const unreleasedChannel = (model: string, channel: string): ChannelState => ({
  model,
  channel,
  ...BARE_MODEL,
  patchSet: "none",
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
