import type { Result } from "../result.ts";
import type { AuditRow, ChannelState } from "./channel.ts";
/**
 * Checks the whole history of one channel, oldest row first: no gap, each row's hash fits its content and the row
 * before, and the newest is the one the channel itself names (rows cut off the end show only there).
 * Returns the number of rows. Errors: `corrupt_store`, with the sequence of the first bad row.
 */
export declare const verifyAudit: (rows: readonly AuditRow[], channel: Pick<ChannelState, "sequence" | "auditHash">) => Promise<Result<number>>;
