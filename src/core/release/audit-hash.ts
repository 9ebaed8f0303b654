import { canonicalJson } from "../bundle/canonical-json.ts";
import type { Digest } from "../digest.ts";
import { digestOfText } from "../digest.ts";
import type { AuditRow, ReleaseTarget } from "./channel.ts";

/** An audit row before it has its hash. */
export type UnhashedAuditRow = Omit<AuditRow, "hash">;

const targetValue = (target: ReleaseTarget | null): { bundle: string; version: number } | null =>
  target === null ? null : { bundle: target.bundle, version: target.version };

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
      from: targetValue(row.from),
      to: targetValue(row.to),
      message: row.message,
      actor: row.actor,
      at: row.at,
      previousHash: row.previousHash,
    }),
  );
