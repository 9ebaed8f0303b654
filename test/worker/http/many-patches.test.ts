import { expect, it } from "vitest";
import { encodeBase64 } from "../../../src/core/base64.ts";
import { BUNDLE_MAX_PATCHES } from "../../../src/core/bundle/manifest.ts";
import type { CodebookPatch } from "../../../src/core/patch/kinds/codebook.ts";
import { setOfTarget } from "../../../src/core/release/served-patch-set.ts";
import { PatchSetLoader } from "../../../src/service/answering/patch-set-loader.ts";
import { time } from "../../contract/store/fixtures.ts";
import { sampleModel } from "../../core/support/sample-model.ts";
import { bundleOf, createPublisher } from "../../http/support/publisher.ts";
import { bindings, openD1Stores } from "../store/open-d1.ts";

const ROWS_PER_STATEMENT = 1_000;

/** A patch of the sample model with tensors of its own. */
const patchNumber = (number: number): CodebookPatch => ({
  kind: "codebook",
  replace: "last",
  id: `p${number}`,
  edits: [0],
  layer: 1,
  tensors: {
    keys: { shape: [1, 4], data: Float32Array.of(number, 1, 2, 3) },
    radii: { shape: [1], data: Float32Array.of(0.5) },
    chains: { shape: [1], data: Int32Array.of(0) },
    targets: { shape: [1, 1], data: Int32Array.of(7) },
  },
  values: { shape: [1, 1, 4], data: new Float32Array(4) },
});

/** Writes blobs as the blob store does, many rows a statement: one by one they would take minutes. */
const storeBlobs = async (blobs: ReadonlyMap<string, Uint8Array>): Promise<void> => {
  const rows = [...blobs].map(([digest, bytes]) => [digest, bytes.length, encodeBase64(bytes)]);
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT)
    await bindings.DB.prepare(
      "INSERT OR IGNORE INTO blobs SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)",
    )
      .bind(JSON.stringify(rows.slice(start, start + ROWS_PER_STATEMENT)))
      .run();
};

it("loads 10,000 patches from D1 in workerd, and of the next version only the one that is new", async () => {
  const stores = await openD1Stores();
  const publisher = await createPublisher();
  const model = await sampleModel();
  const registered = await stores.models.register(model, time(0));
  if (!registered.ok) throw new Error(registered.problem.message);
  const publish = async (first: number) => {
    const patches = Array.from({ length: BUNDLE_MAX_PATCHES }, (_, index) => patchNumber(first + index));
    const { id, manifest, manifestBytes, blobs } = await bundleOf(model, patches);
    await storeBlobs(blobs);
    const signatures = [await publisher.sign(manifestBytes)];
    const bundle = {
      id,
      manifest,
      manifestBytes,
      signatures,
      report: null,
      publishedAt: time(1),
      publishedBy: "x",
    };
    const published = await stores.bundles.publish(bundle);
    if (!published.ok) throw new Error(published.problem.message);
    return setOfTarget({ bundle: id, version: published.value.summary.version });
  };
  const asked: number[] = [];
  const blobs: typeof stores.blobs = {
    ...stores.blobs,
    getMany: (digests) => {
      asked.push(digests.length);
      return stores.blobs.getMany(digests);
    },
  };
  const loader = new PatchSetLoader({ stores: { ...stores, blobs }, trustedKeys: publisher.trustedKeys });
  const load = async (set: Awaited<ReturnType<typeof publish>>) => {
    const loaded = await loader.load(set, set.target!.bundle, registered.value.record, () => undefined);
    return loaded.ok ? loaded.value.attached : loaded.problem.code;
  };
  expect(BUNDLE_MAX_PATCHES).toBe(10_000);
  expect(await load(await publish(0))).toBe(10_000);
  expect(await load(await publish(1))).toBe(10_000);
  // All share the blob of their values.
  expect(asked).toEqual([10_001, 2]);
}, 300_000);
