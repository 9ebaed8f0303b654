import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { NeuronsBinding, NeuronsPatch } from "../../../src/core/patch/kinds/neurons.ts";
import { NeuronSearch } from "../../../src/engine/search/neuron-search.ts";
import { ResidentRows } from "../../../src/engine/search/resident-rows.ts";
import { loadKernels } from "../../../wasm/load-kernels.ts";
import { neuronsPatch } from "../support/patches.ts";

let kernel: WebAssembly.Module;

beforeAll(async () => {
  kernel = (await loadKernels()).firedNeurons;
});

/** A neuron: its key and bias. */
interface Neuron {
  readonly key: readonly number[];
  readonly bias: number;
}

const patchOf = (neurons: readonly Neuron[], index: number): NeuronsPatch =>
  neuronsPatch(
    `patch-${index}`,
    0,
    neurons.map(({ key }) => key),
    neurons.map(({ bias }) => bias),
    neurons.map(({ key }) => key),
  );

const bindingOf = (width: number, ...parts: readonly (readonly Neuron[])[]): NeuronsBinding => {
  const patches = parts.map(patchOf);
  return { layer: 0, size: parts.flat().length, width, patches, owners: [] };
};

const preActivation = ({ key, bias }: Neuron, state: readonly number[]): number =>
  key.reduce((sum, value, axis) => sum + value * state[axis]!, bias);

/** Small integers: their products and sums are exact in float32, so the kernel must agree with float64 to the bit. */
const integer = fc.integer({ min: -50, max: 50 });
const vector = (width: number) => fc.array(integer, { minLength: width, maxLength: width });

/** Widths with and without padding, neurons in one to three patches, a state behind others. */
const searches = fc.integer({ min: 1, max: 40 }).chain((width) => {
  const neuron = fc.record({ key: vector(width), bias: integer });
  return fc.record({
    width: fc.constant(width),
    parts: fc.array(fc.array(neuron, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 3 }),
    before: vector(width),
    state: vector(width),
  });
});

describe("the neurons that fire", () => {
  test("are those whose pre-activation is above zero, in order", () => {
    fc.assert(
      fc.property(searches, ({ width, parts, before, state }) => {
        const search = new NeuronSearch(kernel, new ResidentRows(width));
        const states = Float32Array.from([...before, ...state]);
        const expected = parts.flat().flatMap((neuron, i) => (preActivation(neuron, state) > 0 ? [i] : []));
        expect([...search.fired(bindingOf(width, ...parts), states, width)]).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  test("are none at zero and none where the state is not a number", () => {
    const search = new NeuronSearch(kernel, new ResidentRows(2));
    const binding = bindingOf(2, [
      { key: [1, -1], bias: 0 },
      { key: [1, -1], bias: Number.MIN_VALUE },
    ]);
    expect([...search.fired(binding, Float32Array.of(3, 3))]).toEqual([]);
    expect([...search.fired(binding, Float32Array.of(Number.NaN, 3))]).toEqual([]);
  });

  test("are found again after others took their room", () => {
    const rows = new ResidentRows(2, 3 * 64);
    const search = new NeuronSearch(kernel, rows);
    const [first, second] = [1, -1].map((sign) => bindingOf(2, [{ key: [sign, 0], bias: 0 }]));
    for (let turn = 0; turn < 3; turn++) {
      expect([...search.fired(first!, Float32Array.of(5, 0))]).toEqual([0]);
      expect([...search.fired(second!, Float32Array.of(5, 0))]).toEqual([]);
    }
    expect(rows.bytes).toBe(2 ** 16);
  });
});
