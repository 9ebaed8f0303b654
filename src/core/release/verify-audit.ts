import { problem } from "../problem.ts";
import { fail, ok, type Result } from "../result.ts";
import { auditHash } from "./audit-hash.ts";
import type { AuditRow, ChannelState } from "./channel.ts";
import { BARE_MODEL, samePatchSet } from "./served-patch-set.ts";

const faultOf = async (row: AuditRow, previous: AuditRow | undefined): Promise<string | null> => {
  const sequence = (previous?.sequence ?? 0) + 1;
  if (row.sequence !== sequence) return `expected sequence ${sequence}, found ${row.sequence}`;
  if (row.previousHash !== (previous?.hash ?? null)) return "it does not name the hash of the row before";
  if (!samePatchSet(row.from, previous?.to ?? BARE_MODEL))
    return "it does not begin where the row before ended";
  return (await auditHash(row)) === row.hash ? null : "its content does not fit its hash";
};

/**
 * Checks the whole history of one channel, oldest row first: no gap, each row's hash fits its content and the row
 * before, and the newest is the one the channel itself names (rows cut off the end show only there).
 * Returns the number of rows. Errors: `corrupt_store`, with the sequence of the first bad row.
 */
export const verifyAudit = async (
  rows: readonly AuditRow[],
  channel: Pick<ChannelState, "sequence" | "auditHash">,
): Promise<Result<number>> => {
  const broken = (sequence: number, fault: string): Result<never> =>
    fail(
      problem(
        "corrupt_store",
        `The audit was changed: at sequence ${sequence}, ${fault}. Restore the database from a backup.`,
        { detail: { sequence } },
      ),
    );
  for (const [index, row] of rows.entries()) {
    const fault = await faultOf(row, rows[index - 1]);
    if (fault !== null) return broken(row.sequence, fault);
  }
  const newest = rows.at(-1);
  if ((newest?.sequence ?? 0) !== channel.sequence || (newest?.hash ?? null) !== channel.auditHash)
    return broken(channel.sequence, "the newest row is not the one the channel names");
  return ok(rows.length);
};
