import { canonicalJson } from "../canonical-json.ts";
import { type Digest, digestOfText } from "../digest.ts";
import type { AuditRow } from "./channel.ts";
import { patchSetValue, type ServedPatchSet } from "./served-patch-set.ts";

/** An audit row before it has its hash. */
export type UnhashedAuditRow = Omit<AuditRow, "hash">;

/** Absent lists are left out, so that rows from before there were hotfixes keep their hashes. */
const setValue = (set: ServedPatchSet) => {
  const { bundle, ...lists } = patchSetValue(set);
  if (bundle === null && Object.keys(lists).length === 0) return null;
  return { bundle, version: set.target?.version ?? null, ...lists };
};

/**
 * The hash of an audit row: sha256 over the canonical JSON of all its fields, the previous row's hash among them,
 * so that a row changed, removed or put in between breaks every hash after it.
 */
export const auditHash = (row: UnhashedAuditRow): Promise<Digest> =>
  digestOfText(
    canonicalJson({
      model: row.model,
      channel: row.channel,
      sequence: row.sequence,
      action: row.action,
      from: setValue(row.from),
      to: setValue(row.to),
      ...(row.summary !== null && { summary: row.summary }),
      message: row.message,
      actor: row.actor,
      at: row.at,
      previousHash: row.previousHash,
    }),
  );
