import { describe, expect, it } from "vitest";
import { type BundleParts, buildBundle } from "../../../src/core/bundle/build-bundle.ts";
import {
  MERGE_MAX_SOURCES,
  MERGED_METHOD,
  type MergeSource,
  mergeBundles,
} from "../../../src/core/bundle/merge-bundles.ts";
import { editSchema } from "../../../src/core/edit/edit.ts";
import { disturbedCodebooks } from "../../../src/core/patch/disturbed-codebooks.ts";
import type { CodebookPatch } from "../../../src/core/patch/kinds/codebook.ts";
import { unwrap } from "../../onnx/support/unwrap.ts";
import { sampleBundle } from "../support/sample-bundle.ts";
import { sampleModel } from "../support/sample-model.ts";
import { sampleCodebook, sampleLowRank, sampleNeurons } from "../support/sample-patches.ts";

const sourceOf = async (parts: Partial<BundleParts>): Promise<MergeSource> => {
  const { id, manifest } = await sampleBundle(parts);
  return { id, manifest, patches: parts.patches ?? [] };
};

const editOf = (id: string, target = "x") => editSchema.parse({ id, prompt: `prompt of ${id}`, target });

const onEdits = <Kind extends { readonly edits: readonly number[] }>(
  patch: Kind,
  ...edits: number[]
): Kind => ({
  ...patch,
  edits,
});

const withRadii = (patch: CodebookPatch, ...radii: number[]): CodebookPatch => ({
  ...patch,
  tensors: { ...patch.tensors, radii: { shape: [2], data: Float32Array.from(radii) } },
});

describe("mergeBundles", () => {
  it("sets edits and patches of several methods side by side, indices moved, sources recorded", async () => {
    const grace = await sourceOf({ edits: [editOf("a")], patches: [onEdits(sampleCodebook("a"), 0)] });
    const patcher = await sourceOf({
      edits: [editOf("b"), editOf("c")],
      patches: [onEdits(sampleNeurons("c"), 1), onEdits(sampleLowRank("b"), 0)],
      method: "t-patcher",
      parameters: { epochs: "7" },
    });
    const merged = unwrap(await mergeBundles([grace, patcher]));
    expect(merged.edits.map(({ id }) => id)).toEqual(["a", "b", "c"]);
    expect(merged.patches.map(({ id, kind, edits }) => [id, kind, edits])).toEqual([
      ["a", "codebook", [0]],
      ["c", "neurons", [2]],
      ["b", "low-rank", [1]],
    ]);
    expect(merged.parameters).toEqual({
      "source.1": grace.id,
      "source.1.method": "grace",
      "source.1.parameters": '{"rate":"0.05"}',
      "source.2": patcher.id,
      "source.2.method": "t-patcher",
      "source.2.parameters": '{"epochs":"7"}',
    });
    expect(merged.repeated).toEqual({ edits: 0, patches: 0 });
  });

  it("makes what a bundle can be built of, up to the most sources and not one more", async () => {
    const sources = await Promise.all(
      Array.from({ length: MERGE_MAX_SOURCES + 1 }, (_, index) =>
        sourceOf({ edits: [editOf(`e${index}`)], patches: [onEdits(sampleNeurons(`e${index}`), 0)] }),
      ),
    );
    const { edits, patches, parameters } = unwrap(await mergeBundles(sources.slice(1)));
    const model = await sampleModel();
    const parts = {
      edits,
      patches,
      parameters,
      method: MERGED_METHOD,
      seed: 0,
      model,
      parent: null,
      report: null,
    };
    expect(unwrap(await buildBundle(parts)).manifest.edits).toHaveLength(MERGE_MAX_SOURCES);
    expect(await mergeBundles(sources)).toMatchObject({ ok: false, problem: { code: "limit_exceeded" } });
  });

  it("keeps equal edits and equal patches once, whatever their place or id", async () => {
    const first = await sourceOf({
      edits: [editOf("a"), editOf("b")],
      patches: [onEdits(sampleNeurons("b"), 1)],
    });
    const second = await sourceOf({ edits: [editOf("b")], patches: [onEdits(sampleNeurons("other"), 0)] });
    const merged = unwrap(await mergeBundles([first, second]));
    expect(merged.edits).toHaveLength(2);
    expect(merged.patches.map(({ id, edits }) => [id, edits])).toEqual([["b", [1]]]);
    expect(merged.repeated).toEqual({ edits: 1, patches: 1 });
  });

  it("leaves a patch that one bundle holds twice as it is", async () => {
    const edits = [editOf("a")];
    const twice = await sourceOf({
      edits,
      patches: [sampleNeurons("a"), sampleNeurons("b")].map((patch) => onEdits(patch, 0)),
    });
    expect(unwrap(await mergeBundles([twice, twice])).patches.map(({ id }) => id)).toEqual(["a", "b"]);
  });

  it("renames a patch whose id another has, the same way whenever it comes again", async () => {
    const [first, second, third] = await Promise.all(
      [1, 2, 3].map((fill) =>
        sourceOf({
          edits: [editOf("a"), editOf(`only ${fill % 3}`)],
          patches: [onEdits(sampleNeurons("a", 2, fill), 0)],
        }),
      ),
    );
    const merged = unwrap(await mergeBundles([first!, second!, second!, third!]));
    expect(merged.patches.map(({ id }) => id)).toEqual(["a", "a-2", "a-3"]);
    expect(merged.renamed).toEqual([
      { source: second!.id, from: "a", to: "a-2" },
      { source: third!.id, from: "a", to: "a-3" },
    ]);
  });

  it("keeps two codebook patches that differ in their values only", async () => {
    const edits = [editOf("a")];
    const [first, second] = await Promise.all(
      [1, 2].map((scale) => sourceOf({ edits, patches: [sampleCodebook("a", scale)] })),
    );
    const merged = unwrap(await mergeBundles([first!, second!]));
    expect(merged.patches.map(({ id }) => id)).toEqual(["a", "a-2"]);
  });

  it("keeps a codebook patch once where only its radii differ, with the narrower of each", async () => {
    const edits = [editOf("a")];
    const first = await sourceOf({ edits, patches: [withRadii(sampleCodebook("a"), 0.5, 2)] });
    const second = await sourceOf({ edits, patches: [withRadii(sampleCodebook("a"), 1, 0.25)] });
    const merged = unwrap(await mergeBundles([first, second]));
    expect(merged.patches).toEqual([withRadii(sampleCodebook("a"), 0.5, 0.25)]);
    expect(merged.narrowed).toEqual(["a"]);
    expect(unwrap(await mergeBundles([second, first])).patches).toEqual(merged.patches);
  });

  it("refuses edits that contradict each other, naming both and their bundles", async () => {
    const first = await sourceOf({
      edits: [editOf("a", "Canberra")],
      patches: [onEdits(sampleNeurons("a"), 0)],
    });
    const second = await sourceOf({
      edits: [editOf("a", "Sydney")],
      patches: [onEdits(sampleNeurons("a"), 0)],
    });
    const merged = await mergeBundles([first, second]);
    expect(merged).toMatchObject({ ok: false, problem: { code: "edit_conflict" } });
    expect(!merged.ok && merged.problem.message).toContain(
      `"a" of ${first.id} gives "Canberra" and "a" of ${second.id} gives "Sydney"`,
    );
  });

  it("refuses bundles of two models", async () => {
    const patches = [sampleNeurons()];
    const mine = await sourceOf({ patches });
    const theirs = await sourceOf({ patches, model: await sampleModel("other") });
    expect(await mergeBundles([mine, theirs])).toMatchObject({
      ok: false,
      problem: { code: "wrong_base_model" },
    });
  });

  it("records hyper-parameters that are too long by their digest", async () => {
    const long = await sourceOf({ patches: [sampleNeurons()], parameters: { a: "x".repeat(1_000) } });
    const { parameters } = unwrap(await mergeBundles([long]));
    expect(parameters["source.1.parameters"]).toMatch(/^sha256:/);
  });
});

describe("disturbedCodebooks", () => {
  it("names what acts at a codebook's block or before it", () => {
    const after = { ...sampleNeurons("after"), layer: 2 };
    const patches = [sampleCodebook("a"), sampleCodebook("b"), after];
    expect(disturbedCodebooks(patches)).toEqual([]);
    expect(disturbedCodebooks([...patches, sampleLowRank("before"), sampleNeurons("beside")])).toEqual([
      { layer: 1, patches: ["before", "beside"] },
    ]);
  });
});
