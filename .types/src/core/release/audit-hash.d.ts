import type { Digest } from "../digest.ts";
import type { AuditRow } from "./channel.ts";
/** An audit row before it has its hash. */
export type UnhashedAuditRow = Omit<AuditRow, "hash">;
/**
 * The hash of an audit row: sha256 over the canonical JSON of all its fields, the previous row's hash among them,
 * so that a row changed, removed or put in between breaks every hash after it.
 */
export declare const auditHash: (row: UnhashedAuditRow) => Promise<Digest>;
