import { describe, expect, it } from "vitest";
import type { CodebookPatch, Patch } from "../../../src/core/patch/patch.ts";
import { checkPatch, decodePatch, encodePatch } from "../../../src/core/patch/patch-tensors.ts";
import { sampleModel } from "../support/sample-model.ts";
import { sampleCodebook, sampleLowRank, sampleNeurons } from "../support/sample-patches.ts";

const model = await sampleModel();

const withTensors = (tensors: Partial<CodebookPatch["tensors"]>): CodebookPatch => {
  const patch = sampleCodebook();
  return { ...patch, tensors: { ...patch.tensors, ...tensors } };
};

const floats = (shape: number[]) => ({
  shape,
  data: new Float32Array(shape.reduce((product, size) => product * size, 1)),
});

describe("checkPatch", () => {
  it.each<[string, Patch]>([
    ["codebook", sampleCodebook()],
    ["neurons", sampleNeurons("n", 3)],
    ["low-rank", sampleLowRank("r", 2)],
  ])("passes a %s patch that fits", (_, patch) => {
    expect(checkPatch(patch, model)).toEqual({ ok: true, value: patch });
  });

  it.each<[string, CodebookPatch, string, string, string]>([
    ["keys of another width", withTensors({ keys: floats([2, 5]) }), "keys", "F32 [m, 4]", "F32 [2, 5]"],
    [
      "values for fewer entries",
      withTensors({ values: floats([1, 2, 4]) }),
      "values",
      "F32 [2, t, 4]",
      "F32 [1, 2, 4]",
    ],
    ["radii of two dimensions", withTensors({ radii: floats([2, 1]) }), "radii", "F32 [2]", "F32 [2, 1]"],
    ["no entries", withTensors({ keys: floats([0, 4]) }), "keys", "F32 [m, 4]", "F32 [0, 4]"],
    [
      "targets for more tokens than values",
      withTensors({ targets: { shape: [2, 3], data: new Int32Array(6) } }),
      "targets",
      "I32 [2, 2]",
      "I32 [2, 3]",
    ],
    [
      "targets that are not integers",
      withTensors({ targets: floats([2, 2]) as never }),
      "targets",
      "I32 [2, 2]",
      "F32 [2, 2]",
    ],
  ])("refuses %s, naming what was expected", (_, patch, tensor, expected, got) => {
    const problem = {
      code: "shape_mismatch",
      param: tensor,
      detail: { patch: "norway", tensor, expected, got },
    };
    expect(checkPatch(patch, model)).toMatchObject({ ok: false, problem });
  });

  it("refuses a tensor that is missing and one too many", () => {
    const { radii: _, ...fewer } = sampleCodebook().tensors;
    expect(checkPatch({ ...sampleCodebook(), tensors: fewer as never }, model)).toMatchObject({
      problem: { code: "shape_mismatch", detail: { tensor: "radii", got: "no such tensor" } },
    });
    expect(checkPatch(withTensors({ extra: floats([1]) } as never), model)).toMatchObject({
      problem: { code: "shape_mismatch", detail: { tensor: "extra" } },
    });
  });

  it("refuses a layer or a site without a hook, saying where hooks are", () => {
    expect(checkPatch({ ...sampleCodebook(), layer: 0 }, model)).toMatchObject({
      problem: { code: "wrong_base_model", message: expect.stringContaining("some on layers 1") },
    });
    expect(checkPatch({ ...sampleLowRank(), site: "gate" }, model)).toMatchObject({
      problem: { code: "wrong_base_model" },
    });
  });

  it("tells the two projections of a layer apart", () => {
    expect(checkPatch({ ...sampleLowRank(), site: "up" }, model)).toMatchObject({
      problem: { code: "shape_mismatch", detail: { tensor: "A", expected: "F32 [4, r]", got: "F32 [6, 1]" } },
    });
  });

  it.each([
    ["a negative radius", { radii: { shape: [2], data: Float32Array.of(1, -1) } }, "radii"],
    [
      "a target outside the vocabulary",
      { targets: { shape: [2, 2], data: Int32Array.of(7, 50, 9, -1) } },
      "targets",
    ],
    ["a negative target", { targets: { shape: [2, 2], data: Int32Array.of(7, -2, 9, -1) } }, "targets"],
    [
      "an entry without a target",
      { targets: { shape: [2, 2], data: Int32Array.of(7, 0, -1, -1) } },
      "targets",
    ],
    ["a target after the end", { targets: { shape: [2, 2], data: Int32Array.of(7, 0, -1, 3) } }, "targets"],
  ])("refuses %s", (_, tensors, param) => {
    expect(checkPatch(withTensors(tensors), model)).toMatchObject({
      ok: false,
      problem: { code: "malformed_tensors", param },
    });
  });
});

describe("encodePatch and decodePatch", () => {
  it("give back what they were given", async () => {
    for (const patch of [sampleCodebook(), sampleNeurons(), sampleLowRank("r", 3, -0.5)]) {
      const { record, blob } = await encodePatch(patch);
      expect(record.bytes).toBe(blob.length);
      expect(decodePatch(record, blob, model)).toEqual({ ok: true, value: patch });
    }
  });

  it("give equal tensors one blob, whatever the patch's name", async () => {
    const [one, two] = [await encodePatch(sampleCodebook("a")), await encodePatch(sampleCodebook("b"))];
    expect(one.record.blob).toBe(two.record.blob);
    expect((await encodePatch(sampleCodebook("a", 2))).record.blob).not.toBe(one.record.blob);
  });

  it("refuse a blob that is not safetensors", async () => {
    const { record } = await encodePatch(sampleCodebook());
    expect(decodePatch(record, new Uint8Array(20), model)).toMatchObject({
      problem: { code: "malformed_tensors" },
    });
  });
});
