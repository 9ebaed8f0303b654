import type { Digest } from "../digest.ts";
import type { AuditRow } from "./channel.ts";
import type { ReleaseTarget, ServedPatchSet } from "./served-patch-set.ts";
/** A hotfix's id as people read it: its first 12 hexadecimal digits. */
export declare const shortId: (id: Digest) => string;
/** `a, b and 3 more`. */
export declare const listNames: (names: readonly string[]) => string;
/** A bundle in words: `version 3`, or `none`. */
export declare const describeTarget: (target: ReleaseTarget | null) => string;
/** A patch set in words: `version 3 with 1 hotfix, without 2 patches`. */
export declare const describePatchSet: ({ target, hotfixes, disabled }: ServedPatchSet) => string;
/** A move that was undone, in words: `the hotfix of sequence 4 (hotfix 0f3c… adds patch canberra)`. */
export declare const describeUndone: ({ action, sequence, summary, to }: AuditRow) => string;
