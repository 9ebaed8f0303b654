import { and, desc, eq, getTableColumns, lt, sql } from "drizzle-orm";
import { blobDigests, type Manifest } from "../../core/bundle/manifest.ts";
import type { Digest } from "../../core/digest.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { bundleTotals } from "../bundle-totals.ts";
import { patchRowGroups } from "../patch-rows.ts";
import type { BlobStore, BundleReference, BundleStore, BundleSummary, BundleToPublish } from "../ports.ts";
import { missingBlobs, unknownBundle, unknownModel } from "../problems.ts";
import type { Database } from "./d1-database.ts";
import { bundlePatches, bundles, models } from "./schema.ts";

const { signatures: _, report: __, ...summaryColumns } = getTableColumns(bundles);

const matches = (reference: BundleReference) =>
  "id" in reference
    ? eq(bundles.id, reference.id)
    : and(eq(bundles.model, reference.model), eq(bundles.version, reference.version));

/** Takes the model's next number in the statement that inserts, so that no two bundles can share one. */
const insertBundle = (database: Database, bundle: BundleToPublish) => {
  const { manifest } = bundle;
  const { edits, patches, bytes } = bundleTotals(manifest);
  const model = manifest.model.name;
  // The columns in the schema's order.
  const row = sql`
    SELECT ${bundle.id}, ${model}, COALESCE(MAX(version), 0) + 1, ${manifest.method}, ${edits}, ${patches},
      ${bytes}, ${manifest.parent}, ${JSON.stringify(bundle.signatures)}, ${manifest.report},
      ${bundle.publishedAt}, ${bundle.publishedBy}
    FROM ${bundles} WHERE model = ${model}`;
  return database.insert(bundles).select(row).onConflictDoNothing({ target: bundles.id });
};

const insertPatches = (database: Database, id: Digest, manifest: Manifest) =>
  // The columns in the schema's order. "WHERE true" keeps SQLite from reading ON CONFLICT as a join's ON.
  patchRowGroups(manifest).map((rows) =>
    database
      .insert(bundlePatches)
      .select(
        sql`SELECT ${id}, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5
          FROM json_each(${rows}) WHERE true`,
      )
      .onConflictDoNothing(),
  );

const readSummary = async (
  database: Database,
  reference: BundleReference,
): Promise<Result<BundleSummary>> => {
  const row = await database.select(summaryColumns).from(bundles).where(matches(reference)).get();
  return row === undefined ? fail(unknownBundle(reference)) : ok(row);
};

/** What must be there before the bundle's own rows: its model and its patch blobs. */
const checkGround = async (
  database: Database,
  blobs: BlobStore,
  manifest: Manifest,
): Promise<Result<true>> => {
  const { name } = manifest.model;
  const model = await database.select({ name: models.name }).from(models).where(eq(models.name, name)).get();
  if (model === undefined) return fail(unknownModel(name));
  const missing = await blobs.missing(blobDigests(manifest));
  return missing.length === 0 ? ok(true) : fail(missingBlobs(missing));
};

/** Stores the manifest's and the report's bytes; alone they publish nothing, so a fault after them is harmless. */
const storeDocuments = async (blobs: BlobStore, bundle: BundleToPublish): Promise<Result<true>> => {
  const manifest = await blobs.put(bundle.id, bundle.manifestBytes);
  if (!manifest.ok) return manifest;
  if (bundle.report === null || bundle.manifest.report === null) return ok(true);
  const report = await blobs.put(bundle.manifest.report, bundle.report);
  return report.ok ? ok(true) : report;
};

const publish =
  (database: Database, blobs: BlobStore): BundleStore["publish"] =>
  async (bundle) => {
    const ground = await checkGround(database, blobs, bundle.manifest);
    if (!ground.ok) return ground;
    const documents = await storeDocuments(blobs, bundle);
    if (!documents.ok) return documents;
    const [inserted] = await database.batch([
      insertBundle(database, bundle),
      ...insertPatches(database, bundle.id, bundle.manifest),
    ]);
    const summary = await readSummary(database, { id: bundle.id });
    if (!summary.ok) return summary;
    const status = inserted.meta.changes === 1 ? "published" : "already published";
    return ok({ status, summary: summary.value });
  };

const find =
  (database: Database, blobs: BlobStore): BundleStore["find"] =>
  async (reference) => {
    const row = await database.select().from(bundles).where(matches(reference)).get();
    if (row === undefined) return fail(unknownBundle(reference));
    const { report: reportDigest, ...rest } = row;
    const manifestBytes = await blobs.get(row.id);
    if (!manifestBytes.ok) return manifestBytes;
    const report = reportDigest === null ? ok(null) : await blobs.get(reportDigest);
    if (!report.ok) return report;
    return ok({ ...rest, manifestBytes: manifestBytes.value, report: report.value });
  };

const signed =
  (database: Database, blobs: BlobStore): BundleStore["signed"] =>
  async (id) => {
    const columns = { signatures: bundles.signatures };
    const row = await database.select(columns).from(bundles).where(eq(bundles.id, id)).get();
    if (row === undefined) return fail(unknownBundle({ id }));
    const manifestBytes = await blobs.get(id);
    return manifestBytes.ok ? ok({ id, manifestBytes: manifestBytes.value, ...row }) : manifestBytes;
  };

/** Keeps bundles in D1; their manifests and reports are blobs. */
export const createD1BundleStore = (database: Database, blobs: BlobStore): BundleStore => ({
  publish: publish(database, blobs),
  summary: (reference) => readSummary(database, reference),
  find: find(database, blobs),
  signed: signed(database, blobs),
  list: async (model, { limit, below }) => {
    const older = below === undefined ? undefined : lt(bundles.version, below);
    const rows = await database
      .select(summaryColumns)
      .from(bundles)
      .where(and(eq(bundles.model, model), older))
      .orderBy(desc(bundles.version))
      .limit(limit + 1);
    return { data: rows.slice(0, limit), more: rows.length > limit };
  },
});
