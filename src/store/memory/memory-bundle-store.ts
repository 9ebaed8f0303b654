import { blobDigests } from "../../core/bundle/manifest.ts";
import { fail, ok } from "../../core/result.ts";
import { bundleTotals } from "../bundle-totals.ts";
import type {
  BlobStore,
  BundleRecord,
  BundleReference,
  BundleStore,
  BundleSummary,
  BundleToPublish,
  ModelStore,
} from "../ports.ts";
import { missingBlobs, unknownBundle } from "../problems.ts";

const summaryOf = ({
  manifestBytes: _,
  signatures: __,
  report: ___,
  ...summary
}: BundleRecord): BundleSummary => summary;

const recordOf = ({ manifest, ...bundle }: BundleToPublish, version: number): BundleRecord => ({
  ...bundle,
  model: manifest.model.name,
  version,
  method: manifest.method,
  parent: manifest.parent,
  ...bundleTotals(manifest),
});

/** Keeps bundles in memory, for tests and for tools without a database. */
export const createMemoryBundleStore = (models: ModelStore, blobs: BlobStore): BundleStore => {
  const records: BundleRecord[] = [];
  const ofModel = (model: string): BundleRecord[] => records.filter((record) => record.model === model);
  const lookUp = (reference: BundleReference): BundleRecord | undefined =>
    "id" in reference
      ? records.find(({ id }) => id === reference.id)
      : ofModel(reference.model).find(({ version }) => version === reference.version);
  return {
    publish: async (bundle) => {
      const model = await models.find(bundle.manifest.model.name);
      if (!model.ok) return model;
      const missing = await blobs.missing(blobDigests(bundle.manifest));
      if (missing.length > 0) return fail(missingBlobs(missing));
      // From here on nothing awaits, so no other publication can come in between.
      const stored = lookUp({ id: bundle.id });
      if (stored !== undefined) return ok({ status: "already published", summary: summaryOf(stored) });
      const record = recordOf(bundle, ofModel(model.value.name).length + 1);
      records.push(record);
      return ok({ status: "published", summary: summaryOf(record) });
    },
    summary: async (reference) => {
      const record = lookUp(reference);
      return record === undefined ? fail(unknownBundle(reference)) : ok(summaryOf(record));
    },
    find: async (reference) => {
      const record = lookUp(reference);
      return record === undefined ? fail(unknownBundle(reference)) : ok(record);
    },
    signed: async (id) => {
      const record = lookUp({ id });
      if (record === undefined) return fail(unknownBundle({ id }));
      const { manifestBytes, signatures } = record;
      return ok({ id, manifestBytes, signatures });
    },
    list: async (model, { limit, below = Number.POSITIVE_INFINITY }) => {
      const older = ofModel(model).filter(({ version }) => version < below);
      const newestFirst = older.sort((left, right) => right.version - left.version).map(summaryOf);
      return { data: newestFirst.slice(0, limit), more: newestFirst.length > limit };
    },
  };
};
