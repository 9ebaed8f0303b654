import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Digest, digestOf } from "../../../src/core/digest.ts";
import type { CodebookPatch } from "../../../src/core/patch/kinds/codebook.ts";
import type { PatchRecord } from "../../../src/core/patch/patch.ts";
import { residentValues } from "../../../src/core/patch/patch-values.ts";
import { ok } from "../../../src/core/result.ts";
import { LIMITS } from "../../../src/http/limits.ts";
import { createValuesSource } from "../../../src/service/answering/values-source.ts";
import { createMemoryBlobStore } from "../../../src/store/memory/memory-blob-store.ts";
import { openEngine } from "../../engine/support/engines.ts";
import { tinyEmbedding } from "../../fixtures/tiny-model.ts";
import { correctionOf } from "../../http/support/correction.ts";
import { bundleOf } from "../../http/support/publisher.ts";
import { startService, type TestService, tinyFiles } from "../../http/support/service.ts";

const PROMPT = "The capital of France is";
const GREEDY = { prompt: PROMPT, model: "tiny@1", temperature: 0 };

/** The same correction with so many chains that nobody hits beside it that its values are over the eager budget. */
const padded = (patch: CodebookPatch): CodebookPatch => {
  const { shape, data } = residentValues(patch.values);
  const [, length, width] = shape as readonly [number, number, number];
  const chains = Math.ceil(LIMITS.eagerValuesBytes / (4 * length * width)) + 1;
  const values = new Float32Array(chains * length * width);
  values.set(data);
  const targets = new Int32Array(chains * length).fill(1);
  targets.set(patch.tensors.targets.data);
  return {
    ...patch,
    tensors: { ...patch.tensors, targets: { shape: [chains, length], data: targets } },
    values: { shape: [chains, length, width], data: values },
  };
};

const valuesBlob = ([record]: readonly PatchRecord[]): Digest => {
  if (record?.kind !== "codebook") throw new Error("expected a codebook");
  return record.values.blob;
};

describe("values over the eager budget", () => {
  let patch: CodebookPatch;
  let service: TestService;
  let blob: Digest;
  let reads: Digest[];

  beforeAll(async () => {
    const engine = await openEngine(await tinyFiles());
    patch = padded(await correctionOf(engine, tinyEmbedding, PROMPT, " Oslo"));
    await engine.release();
  });

  beforeEach(async () => {
    const inner = await startService();
    reads = [];
    const stores: typeof inner.stores = {
      ...inner.stores,
      blobs: {
        ...inner.stores.blobs,
        get: (digest) => {
          reads.push(digest);
          return inner.stores.blobs.get(digest);
        },
        getMany: (digests) => {
          reads.push(...digests);
          return inner.stores.blobs.getMany(digests);
        },
      },
    };
    const bundle = await bundleOf(inner.files.model, [patch]);
    expect((await inner.publish(bundle)).status).toBe(201);
    service = await startService({ stores, registered: false, trustedKeys: inner.publisher.trustedKeys });
    service = { ...service, blobs: inner.blobs };
    blob = valuesBlob(bundle.manifest.patches);
  });

  const ask = (prompt: string) => service.call("POST", "/v1/completions", { body: { ...GREEDY, prompt } });
  const textOf = async (response: Response) =>
    ((await response.json()) as { choices: [{ text: string }] }).choices[0].text;

  it("are not read until an entry hits, and then give the target", async () => {
    expect((await ask("The author of the book is")).status).toBe(200);
    expect(reads).not.toContain(blob);
    expect(await textOf(await ask(PROMPT))).toBe(" Oslo");
    expect(reads.filter((digest) => digest === blob)).toHaveLength(1);
  });

  it("give a clear problem, never the bare answer, where they are damaged or lost, and are read again", async () => {
    const sound = service.blobs.get(blob)!;
    service.blobs.set(blob, sound.with(sound.length - 1, 1));
    const damaged = await ask(PROMPT);
    expect([damaged.status, await damaged.json()]).toMatchObject([500, { error: { code: "corrupt_store" } }]);
    service.blobs.delete(blob);
    const lost = await ask(PROMPT);
    expect([lost.status, await lost.json()]).toMatchObject([500, { error: { code: "corrupt_store" } }]);
    service.blobs.set(blob, sound);
    expect(await textOf(await ask(PROMPT))).toBe(" Oslo");
  });
});

describe("a values source", () => {
  const blobs = createMemoryBlobStore();
  const source = createValuesSource(blobs);
  const record = (bytes: number, name: string) =>
    ({ kind: "codebook", values: { blob: `sha256:${name.repeat(64)}`, bytes } }) as unknown as PatchRecord;

  it("reads values of 8 MiB with their patches, and those of one byte more on a hit", async () => {
    expect(LIMITS.eagerValuesBytes).toBe(8_388_608);
    const half = LIMITS.eagerValuesBytes / 2;
    expect(source.readerFor({ patches: [record(half, "a"), record(half, "b")] })).toBeUndefined();
    const read = source.readerFor({ patches: [record(half, "a"), record(half + 1, "b")] })!;
    const bytes = Uint8Array.of(7);
    const digest = await digestOf(bytes);
    await blobs.put(digest, bytes);
    const decode = async ([value]: Uint8Array) => ok({ shape: [1], data: Float32Array.of(value!) });
    expect(await read(digest, decode)).toEqual(ok({ shape: [1], data: Float32Array.of(7) }));
  });

  it("counts a blob that patches share once", () => {
    const shared = record(LIMITS.eagerValuesBytes, "a");
    expect(source.readerFor({ patches: [shared, shared] })).toBeUndefined();
  });
});
