import { beforeAll, describe, expect, it } from "vitest";
import { encodeBase64 } from "../../src/core/base64.ts";
import type { Digest } from "../../src/core/digest.ts";
import type { CodebookPatch } from "../../src/core/patch/kinds/codebook.ts";
import { createApp } from "../../src/http/app.ts";
import type { Completion } from "../../src/wire/completion.ts";
import { bundleOf } from "./support/publisher.ts";
import { ADMIN_TOKEN, startService, type TestService, tinyFiles } from "./support/service.ts";

const STABLE = "/v1/models/tiny/channels/stable";
const WIDTH = 32;

/** A patch far from every prompt, told apart by `number`. */
const farAway = (number: number): CodebookPatch => ({
  kind: "codebook",
  replace: "last",
  id: `p${number}`,
  edits: [0],
  layer: 2,
  tensors: {
    keys: { shape: [1, WIDTH], data: new Float32Array(WIDTH).fill(1_000 + number) },
    radii: { shape: [1], data: Float32Array.of(0.1) },
    chains: { shape: [1], data: Int32Array.of(0) },
    targets: { shape: [1, 1], data: Int32Array.of(1) },
  },
  values: { shape: [1, 1, WIDTH], data: new Float32Array(WIDTH).fill(number) },
});

const patches = (first: number, count: number) =>
  Array.from({ length: count }, (_, index) => farAway(first + index));

let service: TestService;
/** Digests asked of the blob store, a list for each query. */
const asked: (readonly Digest[])[] = [];

const move = (path: string, body: object) =>
  service.call("POST", `${STABLE}/${path}`, { body: { message: "test", ...body } });

const ask = async (): Promise<Completion> => {
  const body = { prompt: "The", temperature: 0, max_tokens: 1 };
  return (await (await service.call("POST", "/v1/completions", { body })).json()) as Completion;
};

/** The number of blobs, two a patch, that the next request makes the isolate read. */
const readsOf = async (): Promise<{ readonly read: number; readonly attached: number | undefined }> => {
  asked.length = 0;
  const { errata } = await ask();
  return { read: asked.flat().length, attached: errata?.attached };
};

beforeAll(async () => {
  const plain = await startService();
  const blobs: typeof plain.stores.blobs = {
    ...plain.stores.blobs,
    getMany: (digests) => {
      asked.push(digests);
      return plain.stores.blobs.getMany(digests);
    },
  };
  const app = createApp({ ...plain.dependencies, stores: { ...plain.stores, blobs } });
  service = {
    ...plain,
    call: async (method, path, { body } = {}) =>
      app.request(`http://127.0.0.1:8787${path}`, {
        method,
        headers: { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
  };
  const { model } = await tinyFiles();
  for (const [first, count] of [
    [0, 20],
    [0, 21],
    [5, 16],
  ] as const)
    expect((await plain.publish(await bundleOf(model, patches(first, count)))).status).toBe(201);
});

describe("the first request on another patch set", () => {
  it("reads every patch of the first version", async () => {
    await move("release", { version: 1 });
    expect(await readsOf()).toEqual({ read: 40, attached: 20 });
    expect(await readsOf()).toEqual({ read: 0, attached: 20 });
  });

  it("reads the one patch that a new version adds, and none that it drops", async () => {
    await move("release", { version: 2 });
    expect(await readsOf()).toEqual({ read: 2, attached: 21 });
    await move("release", { version: 3 });
    expect(await readsOf()).toEqual({ read: 0, attached: 16 });
  });

  it("reads only a hotfix's own patch, and nothing for a patch disabled", async () => {
    const hotfix = await bundleOf((await tinyFiles()).model, [farAway(99)], { prompts: ["a hotfix"] });
    for (const [digest, bytes] of hotfix.blobs) await service.stores.blobs.put(digest, bytes);
    const { manifestBytes } = hotfix;
    const signatures = [await service.publisher.sign(manifestBytes)];
    await move("hotfixes", { manifest: encodeBase64(manifestBytes), signatures });
    expect(await readsOf()).toEqual({ read: 2, attached: 17 });
    await move("disable", { patch: "p7" });
    expect(await readsOf()).toEqual({ read: 0, attached: 16 });
  });

  it("opens the model no second time for any of it", () => {
    expect(service.enginesOpened()).toBe(1);
  });

  it("uses a patch under the name and the edit that each bundle gives it", async () => {
    const { model } = await tinyFiles();
    const renamed = await bundleOf(model, [{ ...farAway(3), id: "another name", edits: [1] }], {
      prompts: ["one", "two"],
    });
    await service.stores.models.register(model, "2026-01-01T00:00:00.000Z");
    expect((await service.publish(renamed)).status).toBe(201);
    await move("release", { version: 4 });
    asked.length = 0;
    expect((await ask()).errata?.nearest).toMatchObject({ patch: "another name", hit: false });
    expect(asked.flat()).toEqual([]);
  });
});
