import {
  foreignKey,
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from "drizzle-orm/sqlite-core";
import type { Signature } from "../../core/bundle/signature.ts";
import type { Digest } from "../../core/digest.ts";
import type { PreparedModel } from "../../core/model/prepared-model.ts";
import type { PatchKindName } from "../../core/patch/patch.ts";
import type { MoveAction } from "../../core/release/channel.ts";
import type { Scope } from "../../core/scope.ts";

/** Base models. `digest` is `modelDigest(description)`; the files themselves are blobs. */
export const models = sqliteTable("models", {
  name: text("name").primaryKey(),
  digest: text("digest").$type<Digest>().notNull(),
  description: text("description", { mode: "json" }).$type<PreparedModel>().notNull(),
  registeredAt: text("registered_at").notNull(),
});

/**
 * Every stored blob. `data` is base64 (D1 hands a BLOB back as an array of numbers, 8 times slower to read);
 * where it is null the bytes are an R2 object. The row is written last: no row, no blob.
 */
export const blobs = sqliteTable("blobs", {
  digest: text("digest").$type<Digest>().primaryKey(),
  bytes: integer("bytes").notNull(),
  data: text("data"),
});

/** Published bundles, numbered within their model. The manifest's bytes are the blob that `id` names. */
export const bundles = sqliteTable(
  "bundles",
  {
    id: text("id")
      .$type<Digest>()
      .primaryKey()
      .references(() => blobs.digest),
    model: text("model")
      .notNull()
      .references(() => models.name),
    version: integer("version").notNull(),
    method: text("method").notNull(),
    edits: integer("edits").notNull(),
    patches: integer("patches").notNull(),
    bytes: integer("bytes").notNull(),
    parent: text("parent").$type<Digest>(),
    signatures: text("signatures", { mode: "json" }).$type<readonly Signature[]>().notNull(),
    report: text("report")
      .$type<Digest>()
      .references(() => blobs.digest),
    publishedAt: text("published_at").notNull(),
    publishedBy: text("published_by").notNull(),
  },
  (table) => [uniqueIndex("bundles_model_version").on(table.model, table.version)],
);

/** What is kept of a patch that a manifest names. */
const patchColumns = () => ({
  position: integer("position").notNull(),
  patch: text("patch").notNull(),
  kind: text("kind").$type<PatchKindName>().notNull(),
  /** Null for kinds that act outside of the model. */
  layer: integer("layer"),
  blob: text("blob")
    .$type<Digest>()
    .notNull()
    .references(() => blobs.digest),
  /** The blob of the patch's values; null where it has none. */
  valuesBlob: text("values_blob")
    .$type<Digest>()
    .references(() => blobs.digest),
});

/** The patches of each bundle, in the manifest's order; the reference to `blobs` keeps a bundle whole. */
export const bundlePatches = sqliteTable(
  "bundle_patches",
  {
    bundle: text("bundle")
      .$type<Digest>()
      .notNull()
      .references(() => bundles.id),
    ...patchColumns(),
  },
  (table) => [
    primaryKey({ columns: [table.bundle, table.position] }),
    index("bundle_patches_blob").on(table.blob),
    index("bundle_patches_values_blob").on(table.valuesBlob),
  ],
);

/** Hotfixes: small bundles without a number, written together with the move of a channel. */
export const hotfixes = sqliteTable("hotfixes", {
  id: text("id")
    .$type<Digest>()
    .primaryKey()
    .references(() => blobs.digest),
  model: text("model")
    .notNull()
    .references(() => models.name),
  signatures: text("signatures", { mode: "json" }).$type<readonly Signature[]>().notNull(),
  createdAt: text("created_at").notNull(),
  createdBy: text("created_by").notNull(),
});

/** The patches of each hotfix, as `bundle_patches` has those of bundles. */
export const hotfixPatches = sqliteTable(
  "hotfix_patches",
  {
    hotfix: text("hotfix")
      .$type<Digest>()
      .notNull()
      .references(() => hotfixes.id),
    ...patchColumns(),
  },
  (table) => [
    primaryKey({ columns: [table.hotfix, table.position] }),
    index("hotfix_patches_blob").on(table.blob),
    index("hotfix_patches_values_blob").on(table.valuesBlob),
  ],
);

const digestList = (name: string) =>
  text(name, { mode: "json" }).$type<readonly Digest[]>().notNull().default([]);
const nameList = (name: string) =>
  text(name, { mode: "json" }).$type<readonly string[]>().notNull().default([]);

/**
 * The pointers. `sequence` is what a move compares and swaps; `patch_set` is the digest of bundle, hotfixes and
 * disabled patches.
 */
export const channels = sqliteTable(
  "channels",
  {
    model: text("model")
      .notNull()
      .references(() => models.name),
    channel: text("channel").notNull(),
    bundle: text("bundle")
      .$type<Digest>()
      .references(() => bundles.id),
    version: integer("version"),
    sequence: integer("sequence").notNull(),
    auditHash: text("audit_hash").$type<Digest>().notNull(),
    updatedAt: text("updated_at").notNull(),
    hotfixes: digestList("hotfixes"),
    disabled: nameList("disabled"),
    patchSet: text("patch_set").notNull().default("none"),
  },
  (table) => [primaryKey({ columns: [table.model, table.channel] })],
);

/** Every move of every channel, append-only: triggers refuse to update or delete a row. */
export const audit = sqliteTable(
  "audit",
  {
    model: text("model").notNull(),
    channel: text("channel").notNull(),
    sequence: integer("sequence").notNull(),
    action: text("action").$type<MoveAction>().notNull(),
    fromBundle: text("from_bundle").$type<Digest>(),
    fromVersion: integer("from_version"),
    toBundle: text("to_bundle").$type<Digest>(),
    toVersion: integer("to_version"),
    message: text("message").notNull(),
    actor: text("actor").notNull(),
    at: text("at").notNull(),
    previousHash: text("previous_hash").$type<Digest>(),
    hash: text("hash").$type<Digest>().notNull(),
    // Columns added to a table come last; rows from before them keep their hashes by these defaults.
    fromHotfixes: digestList("from_hotfixes"),
    fromDisabled: nameList("from_disabled"),
    toHotfixes: digestList("to_hotfixes"),
    toDisabled: nameList("to_disabled"),
    summary: text("summary"),
  },
  (table) => [
    // The second guard after the compare-and-swap: one row for each step of a channel, whatever happens.
    uniqueIndex("audit_model_channel_sequence").on(table.model, table.channel, table.sequence),
    foreignKey({ columns: [table.model, table.channel], foreignColumns: [channels.model, channels.channel] }),
  ],
);

/** Access tokens: sha256 of the token's text, never the text. */
export const tokens = sqliteTable(
  "tokens",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    hash: text("hash").$type<Digest>().notNull(),
    scopes: text("scopes", { mode: "json" }).$type<readonly Scope[]>().notNull(),
    createdAt: text("created_at").notNull(),
    revokedAt: text("revoked_at"),
  },
  (table) => [uniqueIndex("tokens_hash").on(table.hash)],
);
