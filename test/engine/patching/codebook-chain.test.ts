import { describe, expect, test } from "vitest";
import type { ChainContent } from "../../../src/core/patch/codebook/chain.ts";
import { CodebookChain } from "../../../src/engine/patching/codebook-chain.ts";

/** Targets 5 6 7, with values of width 2 numbered by place. */
const LONG: ChainContent = {
  values: Float32Array.of(10, 10, 11, 11, 12, 12),
  targets: Int32Array.of(5, 6, 7),
  replace: "last",
};

const follow = (content: ChainContent, tokens: readonly number[]): (readonly number[] | false)[] => {
  const chain = new CodebookChain(content, 2);
  return tokens.map((token) => chain.advance(token) && [...chain.value]);
};

describe("a chain", () => {
  test("gives the next value for each target that the answer follows, and ends with the last", () => {
    expect(follow(LONG, [5, 6, 7])).toEqual([[11, 11], [12, 12], false]);
  });

  test("ends at the first token that is not the target", () => {
    expect(follow(LONG, [9])).toEqual([false]);
    expect(follow(LONG, [5, 7])).toEqual([[11, 11], false]);
  });

  test("of an entry with one target has no further value", () => {
    const single = { values: Float32Array.of(20, 20), targets: Int32Array.of(8), replace: "last" } as const;
    expect(follow(single, [8])).toEqual([false]);
  });

  test("begins with the entry's first value, and leaves the entry as it is", () => {
    const chain = new CodebookChain(LONG, 2);
    expect([...chain.value]).toEqual([10, 10]);
    chain.advance(5);
    expect([...LONG.values]).toEqual([10, 10, 11, 11, 12, 12]);
  });
});
