import { encodeBase64 } from "../../core/base64.ts";
import type { BundleRecord, BundleSummary, HotfixRecord } from "../../store/ports.ts";
import type { WireBundle, WireBundleSummary } from "../../wire/bundle.ts";
import type { WireHotfix } from "../../wire/hotfix.ts";

/** Puts a bundle's summary on the wire. */
export const toWireSummary = (summary: BundleSummary): WireBundleSummary => ({
  id: summary.id,
  model: summary.model,
  version: summary.version,
  method: summary.method,
  edits: summary.edits,
  patches: summary.patches,
  bytes: summary.bytes,
  publishedAt: summary.publishedAt,
  publishedBy: summary.publishedBy,
  parent: summary.parent,
});

/** Puts a bundle on the wire. */
export const toWireBundle = (record: BundleRecord): WireBundle => ({
  id: record.id,
  model: record.model,
  version: record.version,
  manifest: encodeBase64(record.manifestBytes),
  signatures: [...record.signatures],
  report: record.report && encodeBase64(record.report),
  publishedAt: record.publishedAt,
  publishedBy: record.publishedBy,
});

/** Puts a hotfix on the wire. */
export const toWireHotfix = (record: HotfixRecord): WireHotfix => ({
  id: record.id,
  model: record.model,
  manifest: encodeBase64(record.manifestBytes),
  signatures: [...record.signatures],
  createdAt: record.createdAt,
  createdBy: record.createdBy,
});
