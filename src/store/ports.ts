import type { Manifest } from "../core/bundle/manifest.ts";
import type { Signature } from "../core/bundle/signature.ts";
import type { Digest } from "../core/digest.ts";
import type { PreparedModel } from "../core/model/prepared-model.ts";
import type { AuditRow, ChannelState, PlannedMove } from "../core/release/channel.ts";
import type { Result } from "../core/result.ts";
import type { Scope } from "../core/scope.ts";

/*
 * What the service keeps. Times are ISO 8601 texts that the caller passes in; no adapter reads a clock.
 * Expected failures are problems in a Result; an adapter throws only when its machine fails (a database that
 * cannot be reached), and then nothing of the call took effect.
 */

/**
 * Largest blob kept in the database itself: 1 MiB, 1.4 MB in base64, under D1's 2 MB a row. Larger ones become
 * objects.
 */
export const BLOB_ROW_MAX_BYTES = 1_048_576;

/** A registered base model. */
export interface ModelRecord {
  readonly name: string;
  /** `modelDigest` of the description. */
  readonly digest: Digest;
  readonly model: PreparedModel;
  readonly registeredAt: string;
}

/** The base models that bundles and channels belong to. */
export interface ModelStore {
  /**
   * Registers a model under its own name. The same digests again: "already registered", or "updated" where the
   * rest of the description (calibration) differs and was replaced. Errors: `model_conflict` where the name
   * stands for other digests.
   */
  register(
    model: PreparedModel,
    registeredAt: string,
  ): Promise<
    Result<{ readonly status: "registered" | "already registered" | "updated"; readonly record: ModelRecord }>
  >;
  /** Errors: `unknown_model`. */
  find(name: string): Promise<Result<ModelRecord>>;
  /** All models, by name. */
  list(): Promise<readonly ModelRecord[]>;
}

/** What a list says of a bundle. */
export interface BundleSummary {
  readonly id: Digest;
  readonly model: string;
  readonly version: number;
  readonly method: string;
  /** Number of edits. */
  readonly edits: number;
  /** Number of patches. */
  readonly patches: number;
  /** Bytes of all patch blobs together. */
  readonly bytes: number;
  readonly parent: Digest | null;
  readonly publishedAt: string;
  readonly publishedBy: string;
}

/** A bundle as it was published: exact bytes, never serialised again. */
export interface BundleRecord extends BundleSummary {
  readonly manifestBytes: Uint8Array;
  readonly signatures: readonly Signature[];
  /** Exact bytes of `report.json`, or null where the manifest names none. */
  readonly report: Uint8Array | null;
}

/** A bundle to publish, already checked by `verifyBundle`; its patch blobs are in the blob store. */
export interface BundleToPublish {
  readonly id: Digest;
  readonly manifest: Manifest;
  readonly manifestBytes: Uint8Array;
  readonly signatures: readonly Signature[];
  readonly report: Uint8Array | null;
  readonly publishedAt: string;
  readonly publishedBy: string;
}

/** Names one bundle: by content address, or by model and number. */
export type BundleReference = { readonly id: Digest } | { readonly model: string; readonly version: number };

/** Signed bytes out of the store, as `verifyBundle` takes them: exact bytes, never serialised again. */
export interface SignedManifest {
  readonly id: Digest;
  readonly manifestBytes: Uint8Array;
  readonly signatures: readonly Signature[];
}

/** Published bundles. A bundle never changes and is never removed. */
export interface BundleStore {
  /**
   * Publishes a bundle under the next number of its model, all of it or nothing. The same bytes again, even at
   * the same time: "already published", the same number. Errors: `unknown_model`; `missing_blob` where a patch
   * blob is not stored, with `detail.digests`.
   */
  publish(
    bundle: BundleToPublish,
  ): Promise<Result<{ readonly status: "published" | "already published"; readonly summary: BundleSummary }>>;
  /** A bundle's row without its bytes. Errors: `unknown_bundle` (by id), `unknown_version` (by number). */
  summary(reference: BundleReference): Promise<Result<BundleSummary>>;
  /** A bundle with its bytes. Errors: as `summary`; `corrupt_store` where stored bytes fail their digest. */
  find(reference: BundleReference): Promise<Result<BundleRecord>>;
  /** A bundle's signed bytes alone: all that serving it needs. Errors: as `find`. */
  signed(id: Digest): Promise<Result<SignedManifest>>;
  /** A model's bundles, newest first, those with a number below `below` where given; at most `limit`. */
  list(
    model: string,
    page: { readonly limit: number; readonly below?: number },
  ): Promise<{ readonly data: readonly BundleSummary[]; readonly more: boolean }>;
}

/** A hotfix to store, already checked by `verifyBundle`; its patch blobs are in the blob store. */
export interface HotfixToStore extends SignedManifest {
  readonly manifest: Manifest;
  readonly createdAt: string;
  readonly createdBy: string;
}

/** A hotfix as it was stored. */
export interface HotfixRecord extends SignedManifest {
  readonly model: string;
  readonly createdAt: string;
  readonly createdBy: string;
}

/** Hotfixes. They are written by the move that puts them live (`ChannelStore.commit`) and never change. */
export interface HotfixStore {
  /** These hotfixes, in order. Errors: `unknown_hotfix`; `corrupt_store` where stored bytes fail their digest. */
  findMany(ids: readonly Digest[]): Promise<Result<readonly HotfixRecord[]>>;
}

/** Immutable bytes by content address: patch tensors, manifests, reports, graphs, weights, tokenizers. */
export interface BlobStore {
  /** Stores `bytes` under `digest`. Errors: `digest_mismatch` where they do not hash to it; nothing is stored. */
  put(digest: Digest, bytes: Uint8Array): Promise<Result<"stored" | "present">>;
  /** Reads and verifies. Errors: `unknown_blob`; `corrupt_store` where the stored bytes fail their digest. */
  get(digest: Digest): Promise<Result<Uint8Array>>;
  /**
   * Reads and verifies many in few queries; what is not stored is left out of the map.
   * Errors: `corrupt_store`.
   */
  getMany(digests: readonly Digest[]): Promise<Result<ReadonlyMap<Digest, Uint8Array>>>;
  /** Sizes in bytes of those of `digests` that are stored. */
  sizes(digests: readonly Digest[]): Promise<ReadonlyMap<Digest, number>>;
  /** Those of `digests` that are not stored, in order, each once. */
  missing(digests: readonly Digest[]): Promise<readonly Digest[]>;
}

/** Where a blob store keeps blobs too large for a database row. Bytes are not checked here. */
export interface BlobObjects {
  put(digest: Digest, bytes: Uint8Array): Promise<void>;
  /** The stored bytes, or null. */
  get(digest: Digest): Promise<Uint8Array | null>;
}

/** Channels and their append-only history. */
export interface ChannelStore {
  /** A strong read of the pointer. Errors: `unknown_channel` before the channel's first move. */
  find(model: string, channel: string): Promise<Result<ChannelState>>;
  /** The channels of a model, or of all models, by model and name. */
  list(model?: string): Promise<readonly ChannelState[]>;
  /**
   * Makes a planned move if the channel still stands where the plan began: pointer, audit row and the `hotfix` that
   * the move puts live together, or none of them. A hotfix that is stored already stays as it is.
   * Errors: `sequence_conflict` with `detail.sequence`, the channel's sequence now; `missing_blob` where a blob of
   * the hotfix is not stored.
   */
  commit(move: PlannedMove, hotfix?: HotfixToStore): Promise<Result<ChannelState>>;
  /** Every move of a channel, oldest first; empty for a channel that never moved. */
  history(model: string, channel: string): Promise<readonly AuditRow[]>;
  /** A channel's moves, newest first, those with a sequence below `below` where given; at most `limit`. */
  moves(
    model: string,
    channel: string,
    page: { readonly limit: number; readonly below?: number },
  ): Promise<{ readonly data: readonly AuditRow[]; readonly more: boolean }>;
}

/** A token as it is kept: never the token itself, only its hash. */
export interface TokenRecord {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: string;
  readonly revokedAt: string | null;
}

/** Access tokens, by the sha256 of their text. */
export interface TokenStore {
  /** Keeps a new token's hash. Throws where `id` or `hash` is taken: both come from a random source. */
  create(token: TokenRecord, hash: Digest): Promise<void>;
  /** The live token with this hash. Errors: `unknown_token` where there is none or it was revoked. */
  authenticate(hash: Digest): Promise<Result<TokenRecord>>;
  /** All tokens, revoked ones too, oldest first. */
  list(): Promise<readonly TokenRecord[]>;
  /** Revokes; a second time keeps the first time. Errors: `unknown_token`. */
  revoke(id: string, revokedAt: string): Promise<Result<TokenRecord>>;
}

/** Everything the service keeps, as `worker.ts` wires it. */
export interface Stores {
  readonly models: ModelStore;
  readonly bundles: BundleStore;
  readonly hotfixes: HotfixStore;
  readonly blobs: BlobStore;
  readonly channels: ChannelStore;
  readonly tokens: TokenStore;
}
