import { describe, expect, it } from "vitest";
import { type EncodedSequence, packBatches, sequenceEncoder } from "../../../src/train/data/batches.ts";

/** A sequence of `length` inputs: ids count up from `first`, the last two tokens are its answer. */
const sequence = (length: number, first = 1): EncodedSequence => ({
  ids: Array.from({ length: length + 1 }, (_, i) => first + i),
  weights: Array.from({ length: length + 1 }, (_, i) => (i >= length - 1 ? 1 : 0.5)),
});

describe("batching", () => {
  it("shifts targets by one and pads on the right with weight 0", () => {
    const [batch] = packBatches([sequence(3), sequence(3, 11)], 20, 12, "seed");
    expect([batch!.rows, batch!.length]).toEqual([2, 10]);
    expect([...batch!.inputs.subarray(0, 5)]).toEqual([1, 2, 3, 0, 0]);
    expect([...batch!.targets.subarray(0, 5)]).toEqual([2, 3, 4, 0, 0]);
    // Weights .5, 1 and 1 in each of two rows, normalised by their sum of 5.
    expect([...batch!.weights.subarray(0, 5)].map((w) => Number(w.toFixed(3)))).toEqual([
      0.1, 0.2, 0.2, 0, 0,
    ]);
  });

  it("lets each sequence appear, in batches of the tokens asked for, with weights that sum to 1", () => {
    const sequences = Array.from({ length: 100 }, (_, i) => sequence(1 + (i % 60), 1000 * i + 1));
    const batches = packBatches(sequences, 128, 64, "seed");
    const firsts = batches.flatMap(({ rows, length, inputs }) =>
      Array.from({ length: rows }, (_, row) => inputs[row * length]!),
    );
    expect(new Set(firsts).size).toBe(100);
    for (const { rows, length, weights } of batches) {
      expect(rows).toBe(Math.floor(128 / length));
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
    }
  });

  it("is the same for the same seed and ordered otherwise for another", () => {
    const sequences = Array.from({ length: 50 }, (_, i) => sequence(5, 100 * i));
    expect(packBatches(sequences, 24, 12, 1)).toEqual(packBatches(sequences, 24, 12, 1));
    expect(packBatches(sequences, 24, 12, 1)).not.toEqual(packBatches(sequences, 24, 12, 2));
  });
});

describe("encoding a sequence", () => {
  const encode = (text: string) => Array.from(text, (character) => character.charCodeAt(0));

  it("weighs each role, and ends the answer", () => {
    const encoded = sequenceEncoder(
      encode,
      0.25,
      64,
    )([
      { role: "lead-in", text: "a" },
      { role: "prompt", text: "bc" },
      { role: "answer", text: "d" },
    ]);
    expect(encoded).toEqual({ ids: [97, 98, 99, 100, 0], weights: [0, 0.25, 0.25, 1, 1] });
  });

  it("cuts the beginning of what is longer than the context, never the answer", () => {
    const { ids } = sequenceEncoder(
      encode,
      1,
      3,
    )([
      { role: "prompt", text: "abcdef" },
      { role: "answer", text: "g" },
    ]);
    expect(ids).toEqual([101, 102, 103, 0]);
  });
});
