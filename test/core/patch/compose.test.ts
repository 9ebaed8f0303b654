import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CODEBOOK_MAX_ENTRIES } from "../../../src/core/patch/codebook/codebook-limits.ts";
import { composePatchSet } from "../../../src/core/patch/compose.ts";
import type { CodebookBinding, CodebookPatch } from "../../../src/core/patch/kinds/codebook.ts";
import type { Patch } from "../../../src/core/patch/patch.ts";
import type { PatchSet } from "../../../src/core/patch/patch-set.ts";
import { sampleModel } from "../support/sample-model.ts";
import { sampleCodebook, sampleLowRank, sampleNeurons } from "../support/sample-patches.ts";

const model = await sampleModel();

/** What the entries of `sampleCodebook("one")` and `sampleCodebook("two", 10)` inject. */
const CHAINS = [1, 10].flatMap((scale) => [
  {
    values: Float32Array.of(1, 1, 1, 1, 2, 2, 2, 2).map((value) => value * scale),
    targets: Int32Array.of(7, 0),
    replace: "last",
  },
  {
    values: Float32Array.of(3, 3, 3, 3).map((value) => value * scale),
    targets: Int32Array.of(9),
    replace: "last",
  },
]);

const compose = (patches: readonly Patch[]): PatchSet => {
  const composed = composePatchSet("digest", patches, model);
  if (!composed.ok) throw new Error(composed.problem.message);
  return composed.value;
};

/** A codebook of so many keys that share one chain. */
const codebookOf = (id: string, entries: number): CodebookPatch => ({
  ...sampleCodebook(id),
  tensors: {
    keys: { shape: [entries, 4], data: new Float32Array(4 * entries) },
    radii: { shape: [entries], data: new Float32Array(entries) },
    chains: { shape: [entries], data: new Int32Array(entries) },
    targets: { shape: [1, 1], data: Int32Array.of(3) },
  },
  values: { shape: [1, 1, 4], data: new Float32Array(4) },
});

/** `vector` [rows] times `matrix` [rows, columns]. */
const multiply = (vector: ArrayLike<number>, matrix: Float32Array, columns: number): number[] =>
  Array.from({ length: columns }, (_, column) =>
    Array.from({ length: vector.length }, (_, row) => vector[row]! * matrix[row * columns + column]!).reduce(
      (sum, term) => sum + term,
      0,
    ),
  );

describe("composePatchSet", () => {
  it("composes nothing to nothing", () => {
    expect(compose([])).toEqual({ digest: "digest", codebooks: [], neurons: [], lowRanks: [], bytes: 0 });
  });

  it("merges codebooks: keys without a copy, radii, and whose each entry is", () => {
    const [one, two] = [sampleCodebook("one"), sampleCodebook("two", 10)];
    const { codebooks } = compose([one, two]);
    expect(codebooks).toEqual([
      {
        layer: 1,
        size: 4,
        width: 4,
        keys: [Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8)],
        radii: Float32Array.of(0.5, 1.5, 0.5, 1.5),
        entries: [
          { patch: one, row: 0 },
          { patch: one, row: 1 },
          { patch: two, row: 0 },
          { patch: two, row: 1 },
        ],
        chainOf: expect.any(Function),
      },
    ]);
    expect(codebooks[0]!.keys[0]).toBe(one.tensors.keys.data);
  });

  it("gives what an entry injects: its values and targets, without the places past its end", async () => {
    const [{ chainOf }] = compose([sampleCodebook("one"), sampleCodebook("two", 10)]).codebooks as [
      CodebookBinding,
    ];
    expect(await Promise.all([0, 1, 2, 3].map(chainOf))).toEqual(
      CHAINS.map((value) => ({ ok: true, value })),
    );
  });

  it("says of every neuron whose it is", () => {
    const [one, two] = [sampleNeurons("one", 1, 1), sampleNeurons("two", 2, 2)];
    const [neurons] = compose([one, two]).neurons;
    expect(neurons).toEqual({ layer: 0, size: 3, width: 4, patches: [one, two], owners: [one, two, two] });
  });

  it("concatenates low-rank factors so that their sum acts: x(A1B1 + A2B2) = (xA)B", () => {
    const numbers = (length: number) =>
      fc.array(fc.integer({ min: -8, max: 8 }), { minLength: length, maxLength: length });
    const lowRank = fc.integer({ min: 1, max: 3 }).chain((rank) =>
      fc.tuple(numbers(6 * rank), numbers(4 * rank)).map(([a, b]) => ({
        ...sampleLowRank("x", rank),
        tensors: {
          A: { shape: [6, rank], data: Float32Array.from(a) },
          B: { shape: [rank, 4], data: Float32Array.from(b) },
        },
      })),
    );
    fc.assert(
      fc.property(fc.array(lowRank, { minLength: 1, maxLength: 4 }), numbers(6), (patches, x) => {
        const [binding] = compose(patches).lowRanks;
        const apart = patches.map(({ tensors: { A, B } }) =>
          multiply(multiply(x, A.data, A.shape[1]!), B.data, 4),
        );
        const sum = [0, 1, 2, 3].map((column) => apart.reduce((total, part) => total + part[column]!, 0));
        expect(multiply(multiply(x, binding!.A, binding!.rank), binding!.B, 4)).toEqual(sum);
      }),
    );
  });

  it("keeps layers and sites apart", () => {
    const up = {
      ...sampleLowRank("up"),
      site: "up" as const,
      tensors: {
        A: { shape: [4, 1], data: new Float32Array(4) },
        B: { shape: [1, 6], data: new Float32Array(6) },
      },
    };
    const set = compose([up, sampleLowRank("down"), sampleNeurons(), sampleCodebook()]);
    expect(set.lowRanks.map(({ site, rank }) => [site, rank])).toEqual([
      ["down", 1],
      ["up", 1],
    ]);
    expect([set.neurons.length, set.codebooks.length]).toEqual([1, 1]);
  });

  it("counts the bytes it holds: the patches' tensors and the merged copies", () => {
    // Tensors: keys 8, values 16, radii 2, chains 2, targets 4 numbers; merged: radii 2.
    expect(compose([sampleCodebook()]).bytes).toBe(4 * (32 + 2));
  });

  it.each([
    ["takes", CODEBOOK_MAX_ENTRIES, { ok: true }],
    ["refuses", CODEBOOK_MAX_ENTRIES + 1, { problem: { code: "limit_exceeded", detail: { layer: 1 } } }],
  ])("%s a codebook of %i entries in two patches", (_, entries, outcome) => {
    const patches = [codebookOf("one", 2), codebookOf("two", entries - 2)];
    expect(composePatchSet("d", patches, model)).toMatchObject(outcome);
  });

  it("refuses all where one patch does not fit", () => {
    expect(composePatchSet("d", [sampleCodebook(), { ...sampleNeurons(), layer: 1 }], model)).toMatchObject({
      ok: false,
      problem: { code: "wrong_base_model" },
    });
  });
});
