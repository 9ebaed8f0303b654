import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { CodebookBinding } from "../../../src/core/patch/kinds/codebook.ts";
import { KeySearch } from "../../../src/engine/search/key-search.ts";
import { ResidentRows } from "../../../src/engine/search/resident-rows.ts";
import { loadKernels } from "../../../wasm/load-kernels.ts";
import { seededNormals } from "../../onnx/support/seeded.ts";

let kernel: WebAssembly.Module;

beforeAll(async () => {
  kernel = (await loadKernels()).nearestKey;
});

const searchOf = (width: number) => new KeySearch(kernel, new ResidentRows(width));

/** A codebook of `parts`, the keys of one patch each; nothing but its keys is looked at. */
const codebookOf = (
  width: number,
  ...parts: readonly (readonly (readonly number[])[])[]
): CodebookBinding => ({
  layer: 0,
  size: parts.flat().length,
  width,
  keys: parts.map((rows) => Float32Array.from(rows.flat())),
  radii: new Float32Array(parts.flat().length),
  entries: [],
  chainOf: () => Promise.reject(new Error("a search asks for no chain")),
});

const distanceOf = (key: readonly number[], query: readonly number[]): number =>
  Math.sqrt(key.reduce((sum, value, axis) => sum + (value - query[axis]!) ** 2, 0));

/** Float32 numbers of a size that states have, so that no square of a difference overflows or vanishes. */
const number = fc
  .float({ noNaN: true, min: -1000, max: 1000 })
  .map((value) => (Math.abs(value) < 1e-6 ? 0 : value));
const vector = (width: number) => fc.array(number, { minLength: width, maxLength: width });

/** Widths with and without padding, keys in one to three patches, a query. */
const searches = fc.integer({ min: 1, max: 40 }).chain((width) =>
  fc.record({
    width: fc.constant(width),
    parts: fc.array(fc.array(vector(width), { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 3 }),
    query: vector(width),
  }),
);

/** Relative error of a sum of up to 40 squares in float32, with room for the roundings before it. */
const RELATIVE_ERROR = 1e-5;

describe("the nearest key", () => {
  test("is the one of a float64 search within float32 rounding, its distance exact", () => {
    fc.assert(
      fc.property(searches, ({ width, parts, query }) => {
        const found = searchOf(width).nearest(codebookOf(width, ...parts), Float32Array.from(query));
        const distances = parts.flat().map((key) => distanceOf(key, query));
        const least = Math.min(...distances);
        expect(distances[found.index]!).toBeLessThanOrEqual(least * (1 + RELATIVE_ERROR));
        expect(found.distance).toBe(Math.fround(distances[found.index]!));
      }),
      { numRuns: 500 },
    );
  });

  test("is the first of several that are equally near", () => {
    fc.assert(
      fc.property(searches, fc.nat(), ({ width, parts, query }, choice) => {
        const keys = parts.flat();
        const twin = keys[choice % keys.length]!;
        const { index } = searchOf(width).nearest(
          codebookOf(width, ...parts, [twin], keys),
          Float32Array.from(query),
        );
        const whole = [...keys, twin, ...keys];
        expect(whole.slice(0, index)).not.toContainEqual(whole[index]);
      }),
    );
  });

  test("is found among 10,000 of the default model's width", () => {
    const width = 256;
    const normals = seededNormals(1);
    const rows = Array.from({ length: 10_000 }, () => normals(width).map(Math.round));
    const query = Float32Array.from(rows[7777]!);
    query[3]! += 0.25;
    const search = searchOf(width);
    expect(search.nearest(codebookOf(width, rows), query)).toEqual({ index: 7777, distance: 0.25 });
  });

  test("of a query that is not a number is the first, at no distance", () => {
    const found = searchOf(2).nearest(codebookOf(2, [[1, 2]]), Float32Array.of(Number.NaN, 0));
    expect(found).toEqual({ index: 0, distance: Number.NaN });
  });
});

describe("the memory of keys", () => {
  const WIDTH = 16;
  const ROW_BYTES = 64;
  const ROWS = 64;
  /** A codebook whose every key is `value`. */
  const filled = (value: number) =>
    codebookOf(
      WIDTH,
      Array.from({ length: ROWS }, () => Array.from({ length: WIDTH }, () => value)),
    );
  const query = new Float32Array(WIDTH);
  const distance = (value: number) => Math.fround(Math.sqrt(WIDTH * value * value));

  test("is shared by codebooks in turn, each found again after it had to give way", () => {
    const search = new KeySearch(kernel, new ResidentRows(WIDTH, 2 * ROWS * ROW_BYTES));
    const codebooks = [1, 2, 3, 4, 5].map(filled);
    for (let turn = 0; turn < 3; turn++)
      codebooks.forEach((codebook, i) => {
        expect(search.nearest(codebook, query).distance).toBe(distance(i + 1));
      });
  });

  test("stays within its bound however many patch sets come and go", () => {
    const capacity = 64 * ROWS * ROW_BYTES;
    const rows = new ResidentRows(WIDTH, capacity);
    const search = new KeySearch(kernel, rows);
    for (let count = 1; count <= 1000; count++) search.nearest(filled(count), query);
    expect(rows.bytes).toBeLessThanOrEqual(capacity + 2 ** 16);
  });

  test("holds a codebook at the bound, and one past it gets its room alone", () => {
    const search = new KeySearch(kernel, new ResidentRows(WIDTH, ROWS * ROW_BYTES));
    const [first, second] = [filled(1), filled(2)];
    const larger = codebookOf(
      WIDTH,
      [...Array(ROWS + 1)].map(() => Array(WIDTH).fill(3)),
    );
    expect(search.nearest(first, query).distance).toBe(distance(1));
    expect(search.nearest(second, query).distance).toBe(distance(2));
    expect(search.nearest(larger, query).distance).toBe(distance(3));
    expect(search.nearest(first, query).distance).toBe(distance(1));
  });
});
