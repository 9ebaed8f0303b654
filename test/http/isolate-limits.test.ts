import { expect, it } from "vitest";
import type { LowRankPatch } from "../../src/core/patch/kinds/low-rank.ts";
import type { NeuronsPatch } from "../../src/core/patch/kinds/neurons.ts";
import type { Patch } from "../../src/core/patch/patch.ts";
import { setOfTarget } from "../../src/core/release/served-patch-set.ts";
import { LIMITS } from "../../src/http/limits.ts";
import { createModelRunner } from "../../src/service/answering/model-runner.ts";
import { PatchSetLoader } from "../../src/service/answering/patch-set-loader.ts";
import { bundleOf } from "./support/publisher.ts";
import { startService } from "./support/service.ts";

/** Rows of zeros, the tensor's shape [rows, columns]. */
const zeros = (rows: number, columns: number) => ({
  shape: [rows, columns],
  data: new Float32Array(rows * columns),
});

/** Factors on the fixture's up-projection [32, 64]; loaded, 384 bytes a rank and 12,288 of their product, rank 32. */
const lowRank = (rank: number): LowRankPatch => ({
  kind: "low-rank",
  id: "factors",
  edits: [0],
  layer: 1,
  site: "up",
  tensors: { A: zeros(32, rank), B: zeros(rank, 64) },
});

/** Neurons beside the fixture's FFN of width 32; loaded, 260 bytes each. */
const neurons = (count: number): NeuronsPatch => ({
  kind: "neurons",
  id: "neurons",
  edits: [0],
  layer: 2,
  tensors: {
    K: zeros(32, count),
    b: { shape: [count], data: new Float32Array(count) },
    V: zeros(count, 32),
  },
});

it("an isolate keeps a patch set of 24 MiB for later requests, and none of 8 bytes more", async () => {
  const service = await startService();
  const record = await service.stores.models.find("tiny");
  if (!record.ok) throw new Error(record.problem.message);
  let reads = 0;
  const blobs: typeof service.stores.blobs = {
    ...service.stores.blobs,
    getMany: (digests) => {
      reads += 1;
      return service.stores.blobs.getMany(digests);
    },
  };
  const loader = new PatchSetLoader({
    stores: { ...service.stores, blobs },
    trustedKeys: service.publisher.trustedKeys,
  });
  /** Bytes of the set, and how often it was read for two loads. */
  const loadTwice = async (patches: readonly Patch[]) => {
    const bundle = await bundleOf(service.files.model, patches);
    expect((await service.publish(bundle)).status).toBe(201);
    reads = 0;
    const keepAlive = () => undefined;
    const set = setOfTarget({ bundle: bundle.id, version: 1 });
    await loader.load(set, bundle.id, record.value, keepAlive);
    const loaded = await loader.load(set, bundle.id, record.value, keepAlive);
    return { bytes: loaded.ok && loaded.value.patchSet.bytes, reads };
  };
  expect(LIMITS.patchSetCacheBytes).toBe(25_165_824);
  expect(await loadTwice([lowRank(65_504)])).toEqual({ bytes: 25_165_824, reads: 1 });
  expect(await loadTwice([lowRank(65_481), neurons(34)])).toEqual({ bytes: 25_165_832, reads: 2 });
});

it("an isolate keeps the records of 1,000 names and forgets the one used longest ago for one more", async () => {
  const service = await startService();
  const names = Array.from({ length: LIMITS.recordCacheEntries + 1 }, (_, index) => `model-${index}`);
  for (const name of names)
    await service.stores.models.register({ ...service.files.model, name }, "2026-01-01T00:00:00.000Z");
  const asked: string[] = [];
  const models: typeof service.stores.models = {
    ...service.stores.models,
    find: (name) => {
      asked.push(name);
      return service.stores.models.find(name);
    },
  };
  const runner = createModelRunner({ ...service.dependencies, stores: { ...service.stores, models } });
  const use = async (name: string) => {
    const ready = await runner.prepare({ model: name, selector: { kind: "none" } }, () => undefined);
    if (!ready.ok) throw new Error(ready.problem.message);
    ready.value.lease.release();
  };
  const limit = names.slice(0, -1);
  for (const name of limit) await use(name);
  for (const name of limit) await use(name);
  expect(LIMITS.recordCacheEntries).toBe(1_000);
  expect(asked).toEqual(limit);
  await use("model-1000");
  await use("model-999");
  await use("model-0");
  expect(asked.slice(1_000)).toEqual(["model-1000", "model-0"]);
});
