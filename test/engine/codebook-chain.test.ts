import { describe, expect, test } from "vitest";
import type { CodebookPatch } from "../../src/core/patch/patch.ts";
import { CodebookChain } from "../../src/engine/codebook-chain.ts";

/** Two entries of width 2: targets 5 6 7 and 8, with values numbered by entry and place. */
const patch: CodebookPatch = {
  kind: "codebook",
  id: "p",
  edits: [0],
  layer: 0,
  tensors: {
    keys: { shape: [2, 2], data: new Float32Array(4) },
    values: { shape: [2, 3, 2], data: Float32Array.of(10, 10, 11, 11, 12, 12, 20, 20, 0, 0, 0, 0) },
    radii: { shape: [2], data: Float32Array.of(1, 1) },
    targets: { shape: [2, 3], data: Int32Array.of(5, 6, 7, 8, -1, -1) },
  },
};

const follow = (row: number, tokens: readonly number[]): (readonly number[] | false)[] => {
  const chain = new CodebookChain({ patch, row });
  const value = new Float32Array(2);
  return tokens.map((token) => chain.advance(token, value) && [...value]);
};

describe("a chain", () => {
  test("gives the next value for each target that the answer follows, and ends with the last", () => {
    expect(follow(0, [5, 6, 7])).toEqual([[11, 11], [12, 12], false]);
  });

  test("ends at the first token that is not the target", () => {
    expect(follow(0, [9])).toEqual([false]);
    expect(follow(0, [5, 7])).toEqual([[11, 11], false]);
  });

  test("of an entry with one target has no further value", () => {
    expect(follow(1, [8])).toEqual([false]);
  });
});
