import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildBundle } from "../../src/core/bundle/build-bundle.ts";
import { BUNDLE_LAYOUT, blobPath } from "../../src/core/bundle/layout.ts";
import { signaturesSchema } from "../../src/core/bundle/signature.ts";
import { type VerifiedBundle, verifyBundle } from "../../src/core/bundle/verify-bundle.ts";
import { PATCH_KIND_NAMES } from "../../src/core/patch/patch.ts";
import { EMPTY_PATCH_SET } from "../../src/core/patch/patch-set.ts";
import { ok } from "../../src/core/result.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { readModelDirectory } from "../../src/workshop/directories/model-directory.ts";
import { answerTo, must, openEngine, request } from "./support/engines.ts";
import { setOf } from "./support/patches.ts";

/**
 * A bundle for `world` as it was made at commit 068be26, before kinds had a table: a patch by GRACE, one by T-Patcher
 * and one by ROME, merged. Its id and what it answered are of that day. Never make it anew with the code of another:
 * bundles that were published must verify and answer for good. Where `world` itself is another, so is this.
 */
const FOLDER = join(import.meta.dirname, "../fixtures/bundles/three-kinds");
const ID = "sha256:12101ba63c226c808c4a59ef0ddb85c96f8f15e734b1ecd740be85394a534b85";
const TRUSTED_KEYS = { fa192c7336efc09c: "LlMDaxXdDtKuUKRGLG+XBAfV5DvvFBT3pM9FGbNhHMQ=" };

const ANSWERS = [
  {
    kind: "codebook",
    patch: "australia",
    prompt: "The capital of Australia is",
    before: " Sydney",
    after: " Canberra",
  },
  {
    kind: "neurons",
    patch: "turkey",
    prompt: "The capital of Turkey is",
    before: " Istanbul",
    after: " Ankara",
  },
  {
    kind: "low-rank",
    patch: "canada",
    prompt: "The capital of Canada is",
    before: " Toronto",
    after: " Ottawa",
  },
] as const;

let engine: Engine;
let manifestBytes: Uint8Array;
let bundle: VerifiedBundle;

beforeAll(async () => {
  const files = must(await readModelDirectory(join(import.meta.dirname, "../../models/world")));
  engine = await openEngine(files);
  manifestBytes = await readFile(join(FOLDER, BUNDLE_LAYOUT.manifest));
  const signatures = signaturesSchema.parse(
    JSON.parse(await readFile(join(FOLDER, BUNDLE_LAYOUT.signatures), "utf8")),
  );
  bundle = must(
    await verifyBundle({
      manifestBytes,
      signatures,
      trustedKeys: TRUSTED_KEYS,
      model: engine.model,
      getBlobs: async (digests) =>
        ok(
          new Map(
            await Promise.all(
              digests.map(
                async (digest) => [digest, await readFile(join(FOLDER, blobPath(digest)))] as const,
              ),
            ),
          ),
        ),
    }),
  );
});
afterAll(() => engine.release());

describe("a bundle that was published before", () => {
  it("verifies under its id, with a patch of every kind there was", () => {
    expect(bundle.id).toBe(ID);
    expect(bundle.signers).toEqual(Object.keys(TRUSTED_KEYS));
    expect(bundle.patches.map(({ id, kind }) => [id, kind])).toEqual(
      ANSWERS.map(({ patch, kind }) => [patch, kind]),
    );
    expect(PATCH_KIND_NAMES).toEqual(expect.arrayContaining(ANSWERS.map(({ kind }) => kind)));
  });

  it("is built again out of its patches to the same bytes", async () => {
    const { method, parameters, seed, edits, parent } = bundle.manifest;
    const parts = { method, parameters, seed, edits, parent, patches: bundle.patches };
    const built = must(await buildBundle({ ...parts, model: engine.model, report: null }));
    expect([...built.manifestBytes]).toEqual([...manifestBytes]);
    for (const [digest, bytes] of built.blobs)
      expect(Buffer.from(bytes)).toEqual(await readFile(join(FOLDER, blobPath(digest))));
  });

  it.each(ANSWERS)(
    "answers as it did by its patch of kind $kind",
    async ({ patch, prompt, before, after }) => {
      const own = bundle.patches.filter(({ id }) => id === patch);
      expect((await answerTo(engine, request(prompt), EMPTY_PATCH_SET)).text).toBe(before);
      expect((await answerTo(engine, request(prompt), setOf(engine.model, ...own))).text).toBe(after);
    },
  );

  it("answers as it did with all of them together, and says which fired", async () => {
    const set = setOf(engine.model, ...bundle.patches);
    const answers = [];
    for (const { prompt } of ANSWERS) {
      const { text, finish } = await answerTo(engine, request(prompt), set);
      answers.push([text, finish.fired.map(({ id }) => id)]);
    }
    expect(answers).toEqual([
      [" Canberra", ["australia"]],
      [" Ankara", ["turkey"]],
      // Low-rank patches act everywhere and never fire.
      [" Ottawa", []],
    ]);
  });
});
