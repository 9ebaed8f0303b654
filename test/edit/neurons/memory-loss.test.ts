import { describe, expect, it } from "vitest";
import {
  absoluteMemoryLoss,
  activationLoss,
  type FiringRule,
  memoryLoss,
  type NeuronTask,
  nearestRows,
} from "../../../src/edit/neurons/memory-loss.ts";
import { type Neurons, zeroNeurons } from "../../../src/edit/neurons/neurons.ts";
import { shifted, slopeAlong, waves } from "../support/neurons.ts";

/** One neuron whose pre-activation is the first coordinate plus a half. */
const plain: Neurons = {
  count: 1,
  width: 2,
  keys: Float32Array.of(1, 0),
  biases: Float32Array.of(0.5),
  values: new Float32Array(2),
};

const rule: FiringRule = {
  penalty: "hinge",
  activationMargin: 1,
  memoryMargin: 2,
  top: 2,
  activationWeight: 1,
  memoryWeight: 1,
};

/** Pre-activations 1.5 and 0.25 on the neuron's own rows, 1, -1 and -9.5 on memory. */
const inputs = Float32Array.of(1, 9, -0.25, 9);
const memoryRows = Float32Array.of(0.5, 7, -1.5, 7, -10, 7);
const task = (neurons: Neurons): NeuronTask => ({
  neuron: 0,
  inputs,
  own: [0, 1],
  memory: nearestRows(neurons, 0, [memoryRows], 3),
});
const loss = (of: typeof activationLoss, changes: Partial<FiringRule> = {}) =>
  of(plain, task(plain), { ...rule, ...changes }, zeroNeurons(1, 2), 1);

describe("the activation loss", () => {
  it("is the mean hinge over a neuron's own rows", () => {
    // max(0, 1 − 1.5) and max(0, 1 − 0.25).
    expect(loss(activationLoss)).toBeCloseTo(0.75 / 2, 6);
  });

  it("is the mean exp as published", () => {
    const expected = (Math.exp(0 - 1.5) + Math.exp(0 - 0.25)) / 2;
    expect(loss(activationLoss, { penalty: "exp", activationMargin: 0 })).toBeCloseTo(expected, 6);
  });
});

describe("the memory loss", () => {
  it("counts the largest rows only, against zero and against the weakest of the neuron's own rows", () => {
    // Absolute: 1 + 2 and −1 + 2; relative to 0.25: each less by that.
    expect(loss(memoryLoss)).toBeCloseTo((3 + 2.75 + 1 + 0.75) / 2, 6);
  });

  it("is the mean exp of both margins as published", () => {
    const terms = [1 + 3, 1 - 0.25 + 3, -1 + 3, -1 - 0.25 + 3].map(Math.exp);
    const expected = terms.reduce((sum, term) => sum + term, 0) / 2;
    expect(loss(memoryLoss, { penalty: "exp", memoryMargin: 3 })).toBeCloseTo(expected, 4);
  });

  it("is nothing without memory", () => {
    const silent = { ...task(plain), memory: [] };
    expect(memoryLoss(plain, silent, rule, zeroNeurons(1, 2), 1)).toBe(0);
  });
});

it("the memory loss of neurons without tokens of their own is the absolute part alone, by the key only", () => {
  const memory = nearestRows(plain, 0, [memoryRows], 3);
  const gradients = zeroNeurons(1, 2);
  // max(0, 1 + 2), max(0, −1 + 2) and max(0, −9.5 + 2); the slope is the mean of the first two rows' inputs.
  expect(absoluteMemoryLoss(plain, 0, memory, 2, gradients, 1)).toBeCloseTo(4 / 3, 6);
  expect(Array.from(gradients.keys)).toEqual([expect.closeTo(-1 / 3, 5), expect.closeTo(14 / 3, 5)]);
  expect(gradients.biases[0]).toBe(0);
});

it("finds the rows that a neuron fires most on", () => {
  expect(nearestRows(plain, 0, [memoryRows.subarray(2), memoryRows.subarray(0, 2)], 1)).toEqual([
    { rows: memoryRows.subarray(0, 2), start: 0 },
  ]);
});

describe.each(["exp", "hinge"] as const)("the gradients with the %s penalty", (penalty) => {
  const width = 6;
  const neurons: Neurons = {
    count: 2,
    width,
    keys: waves(2 * width, 1),
    biases: waves(2, 2),
    values: new Float32Array(2 * width),
  };
  const rows = waves(4 * width, 3);
  const memory = nearestRows(neurons, 1, [waves(5 * width, 4), waves(4 * width, 5)], 9);
  const chosen: NeuronTask = { neuron: 1, inputs: rows, own: [1, 3], memory };
  const all = { ...rule, penalty, top: 9 };

  it.each([
    ["activation", activationLoss],
    ["memory", memoryLoss],
  ] as const)("of the %s loss agree with central finite differences", (_, of) => {
    const gradients = zeroNeurons(2, width);
    of(neurons, chosen, all, gradients, 1);
    const step = 1e-3;
    const at = (sign: number) => of(shifted(neurons, 6, sign * step), chosen, all, zeroNeurons(2, width), 1);
    expect((at(1) - at(-1)) / (2 * step)).toBeCloseTo(slopeAlong(gradients, 6), 2);
  });
});
