import { describe, expect, it } from "vitest";
import { checkPatch } from "../../../src/core/patch/check-patch.ts";
import { chainOf } from "../../../src/core/patch/codebook/chain.ts";
import { CODEBOOK_MAX_TARGET_TOKENS } from "../../../src/core/patch/codebook/codebook-limits.ts";
import { decodePatch } from "../../../src/core/patch/decode-patch.ts";
import { type EncodedPatch, encodePatch } from "../../../src/core/patch/encode-patch.ts";
import type { CodebookPatch } from "../../../src/core/patch/kinds/codebook.ts";
import type { Patch } from "../../../src/core/patch/patch.ts";
import { patchBytes } from "../../../src/core/patch/patch-record.ts";
import { sampleModel } from "../support/sample-model.ts";
import { sampleCodebook, sampleLowRank, sampleNeurons } from "../support/sample-patches.ts";

const model = await sampleModel();

const valuesDigest = ({ record }: EncodedPatch): string => {
  if (record.kind !== "codebook") throw new Error("expected a codebook");
  return record.values.blob;
};

const withTensors = ({
  values,
  ...tensors
}: Partial<CodebookPatch["tensors"] & Pick<CodebookPatch, "values">>): CodebookPatch => {
  const patch = sampleCodebook();
  return { ...patch, values: values ?? patch.values, tensors: { ...patch.tensors, ...tensors } };
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
      "values for fewer chains",
      withTensors({ values: floats([1, 2, 4]) }),
      "values",
      "F32 [2, 2, 4]",
      "F32 [1, 2, 4]",
    ],
    ["radii of two dimensions", withTensors({ radii: floats([2, 1]) }), "radii", "F32 [2]", "F32 [2, 1]"],
    ["no entries", withTensors({ keys: floats([0, 4]) }), "keys", "F32 [m, 4]", "F32 [0, 4]"],
    [
      "targets for more tokens than values",
      withTensors({ targets: { shape: [2, 3], data: new Int32Array(6) } }),
      "values",
      "F32 [2, 3, 4]",
      "F32 [2, 2, 4]",
    ],
    [
      "chains for fewer entries",
      withTensors({ chains: { shape: [1], data: new Int32Array(1) } }),
      "chains",
      "I32 [2]",
      "I32 [1]",
    ],
    [
      "chains that are not integers",
      withTensors({ chains: floats([2]) as never }),
      "chains",
      "I32 [2]",
      "F32 [2]",
    ],
    [
      "targets that are not integers",
      withTensors({ targets: floats([2, 2]) as never }),
      "targets",
      "I32 [c, t]",
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
    ["a chain that is not there", { chains: { shape: [2], data: Int32Array.of(0, 2) } }, "chains"],
    ["a negative chain", { chains: { shape: [2], data: Int32Array.of(-1, 0) } }, "chains"],
    ["a negative target", { targets: { shape: [2, 2], data: Int32Array.of(7, -2, 9, -1) } }, "targets"],
    [
      "a chain without a target",
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
      const { record, blobs } = await encodePatch(patch);
      expect(patchBytes(record)).toBe([...blobs.values()].reduce((sum, { length }) => sum + length, 0));
      expect(decodePatch(record, blobs, model)).toEqual({ ok: true, value: patch });
    }
  });

  it("give equal tensors one blob, whatever the patch's name", async () => {
    const [one, two] = [await encodePatch(sampleCodebook("a")), await encodePatch(sampleCodebook("b"))];
    expect(one.record.blob).toBe(two.record.blob);
    expect(two.record).toMatchObject({ values: { blob: valuesDigest(one) } });
  });

  it("give a codebook two blobs: other values change the second alone", async () => {
    const [one, two] = [await encodePatch(sampleCodebook()), await encodePatch(sampleCodebook("a", 2))];
    expect(one.record.tensors.map(({ name }) => name)).toEqual(["chains", "keys", "radii", "targets"]);
    expect(two.record.blob).toBe(one.record.blob);
    expect(valuesDigest(two)).not.toBe(valuesDigest(one));
    expect([...one.blobs.keys()]).toEqual([one.record.blob, valuesDigest(one)]);
  });

  it("refuse a blob that is not safetensors", async () => {
    const { record, blobs } = await encodePatch(sampleCodebook());
    const garbage = new Map([...blobs, [record.blob, new Uint8Array(record.bytes)]]);
    expect(decodePatch(record, garbage, model)).toMatchObject({ problem: { code: "malformed_tensors" } });
  });

  it("refuse blobs that hold other tensors than the record claims", async () => {
    const { record, blobs } = await encodePatch(sampleCodebook());
    if (record.kind !== "codebook") throw new Error("expected a codebook");
    const swapped = {
      ...record,
      ...record.values,
      values: { tensors: record.tensors, blob: record.blob, bytes: record.bytes },
    };
    expect(decodePatch(swapped, blobs, model)).toMatchObject({ problem: { code: "shape_mismatch" } });
    const narrower = { ...record.values.tensors[0]!, shape: [2, 2, 3] };
    const claiming = { ...record, values: { ...record.values, tensors: [narrower] } };
    expect(decodePatch(claiming, blobs, model)).toMatchObject({ problem: { code: "shape_mismatch" } });
  });
});

describe("values that are read later", () => {
  const open = async (damage: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes) => {
    const { record, blobs } = await encodePatch(sampleCodebook());
    const index = new Map([[record.blob, blobs.get(record.blob)!]]);
    const asked: string[] = [];
    const decoded = decodePatch(record, index, model, (digest, decode) => {
      asked.push(digest);
      return decode(damage(blobs.get(digest)!.slice()));
    });
    if (!decoded.ok || decoded.value.kind !== "codebook") throw new Error("expected a codebook");
    return { patch: decoded.value, asked };
  };

  it("are read when the chain of an entry is wanted, and give what values at hand give", async () => {
    const { patch, asked } = await open();
    expect(asked).toEqual([]);
    expect(await chainOf({ patch, row: 1 })).toEqual(await chainOf({ patch: sampleCodebook(), row: 1 }));
    expect(asked).toHaveLength(1);
  });

  it("are verified: a changed byte gives a problem and no chain", async () => {
    const { patch } = await open((bytes) => bytes.with(bytes.length - 1, 1));
    expect(await chainOf({ patch, row: 0 })).toMatchObject({ problem: { code: "digest_mismatch" } });
  });

  it("are checked in shape before that", async () => {
    const { record, blobs } = await encodePatch(sampleCodebook());
    if (record.kind !== "codebook") throw new Error("expected a codebook");
    const index = new Map([[record.blob, blobs.get(record.blob)!]]);
    const narrower = { ...record.values.tensors[0]!, shape: [2, 2, 3] };
    const claiming = { ...record, values: { ...record.values, tensors: [narrower] } };
    expect(
      decodePatch(claiming, index, model, () => Promise.reject(new Error("not to be read"))),
    ).toMatchObject({
      problem: { code: "shape_mismatch", param: "values" },
    });
  });
});

describe("a chain's target", () => {
  it.each([CODEBOOK_MAX_TARGET_TOKENS, CODEBOOK_MAX_TARGET_TOKENS + 1])("of %i tokens", (tokens) => {
    const patch = withTensors({
      targets: { shape: [2, tokens], data: new Int32Array(2 * tokens) },
      values: floats([2, tokens, 4]),
    });
    const checked = checkPatch(patch, model);
    if (tokens === CODEBOOK_MAX_TARGET_TOKENS) expect(checked).toMatchObject({ ok: true });
    else expect(checked).toMatchObject({ problem: { code: "limit_exceeded", param: "targets" } });
  });
});
