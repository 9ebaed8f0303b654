import { counted } from "../counted.ts";
import type { AuditRow } from "./channel.ts";
import type { ReleaseTarget, ServedPatchSet } from "./served-patch-set.ts";

/*
 * Moves and patch sets in words: what audit rows record, and what people read.
 */

/** Names written out before the rest is only counted. */
const NAMES_SHOWN = 5;

/** `a, b and 3 more`. */
export const listNames = (names: readonly string[]): string => {
  const shown = names.slice(0, NAMES_SHOWN).join(", ");
  return names.length > NAMES_SHOWN ? `${shown} and ${names.length - NAMES_SHOWN} more` : shown;
};

/** A bundle in words: `version 3`, or `none`. */
export const describeTarget = (target: ReleaseTarget | null): string =>
  target === null ? "none" : `version ${target.version}`;

/** A patch set in words: `version 3 with 1 hotfix, without 2 patches`. */
export const describePatchSet = ({ target, hotfixes, disabled }: ServedPatchSet): string => {
  const extra = hotfixes.length > 0 ? ` with ${counted(hotfixes.length, "hotfix", "hotfixes")}` : "";
  const less = disabled.length > 0 ? ` without ${counted(disabled.length, "patch", "patches")}` : "";
  return `${describeTarget(target)}${extra}${less}`;
};

/** A move that was undone, in words: `the hotfix of sequence 4 (hotfix 0f3c… adds patch canberra)`. */
export const describeUndone = ({ action, sequence, summary, to }: AuditRow): string =>
  `the ${action} of sequence ${sequence} (${summary ?? describeTarget(to.target)})`;
