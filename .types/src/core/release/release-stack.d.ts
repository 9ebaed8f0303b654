import type { AuditRow } from "./channel.ts";
import type { ServedPatchSet } from "./served-patch-set.ts";
/** A move that no rollback has undone, and the patch set that it led to. */
export interface StandingMove {
    readonly row: AuditRow;
    readonly set: ServedPatchSet;
}
/** What a channel's history leaves standing. */
export interface ReleaseStack {
    /** The moves no rollback has undone, oldest first; what the last one led to is served, `none` without any. */
    readonly standing: readonly StandingMove[];
    /** Keys of the patch sets that were rolled back from and not put back on purpose since. */
    readonly withdrawn: ReadonlySet<string>;
}
/** The standing moves that a rollback to `to` undoes, oldest first; a set that no move led to replaces the last. */
export declare const undoneBy: ({ standing }: Pick<ReleaseStack, "standing">, to: ServedPatchSet) => readonly StandingMove[];
/** Replays the history of a channel, oldest row first. */
export declare const replayHistory: (history: readonly AuditRow[]) => ReleaseStack;
