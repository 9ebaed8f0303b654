import { describe, expect, it } from "vitest";
import { WORLD_CONFIG } from "../../../src/train/config.ts";
import {
  initialWeights,
  parameterCount,
  parametersOf,
  viewOf,
} from "../../../src/train/decoder/parameters.ts";

const parameters = parametersOf(WORLD_CONFIG.model);
const named = (name: string) => parameters.find((parameter) => parameter.name === name)!;

describe("the default model's parameters", () => {
  it("are 4,224,512, without gaps or overlaps", () => {
    // 4096·256 + 64·256, four blocks of 12·256² + 13·256, and the final norm's 2·256.
    expect(parameterCount(parameters)).toBe(4096 * 256 + 64 * 256 + 4 * (12 * 256 ** 2 + 13 * 256) + 2 * 256);
    let end = 0;
    for (const { offset, size } of parameters) {
      expect(offset).toBe(end);
      end += size;
    }
    expect(end).toBe(4_224_512);
  });

  it("decay where they are matrices, and not where they are norms or biases", () => {
    expect(parameters.filter(({ decays }) => decays).every(({ shape }) => shape.length === 2)).toBe(true);
    expect(parameters.filter(({ decays }) => !decays).every(({ shape }) => shape.length === 1)).toBe(true);
  });
});

describe("fresh weights", () => {
  const weights = initialWeights(parameters, 5);
  const deviation = (name: string) => {
    const view = viewOf(weights, named(name));
    return Math.sqrt(view.reduce((sum, weight) => sum + weight * weight, 0) / view.length);
  };

  it("follow the seed", () => {
    const bytes = (flat: Float32Array) => Buffer.from(flat.buffer);
    expect(bytes(initialWeights(parameters, 5)).equals(bytes(weights))).toBe(true);
    expect(bytes(initialWeights(parameters, 6)).equals(bytes(weights))).toBe(false);
  });

  it("deviate by 0.02, and by the root of eight less where they write to the residual stream", () => {
    expect(deviation("token_embedding")).toBeCloseTo(0.02, 3);
    expect(deviation("blocks.3.ffn.up.weight")).toBeCloseTo(0.02, 3);
    expect(deviation("blocks.3.ffn.down.weight")).toBeCloseTo(0.02 / Math.sqrt(8), 3);
    expect(deviation("blocks.3.attention.out.weight")).toBeCloseTo(0.02 / Math.sqrt(8), 3);
  });

  it("leave norms at one and biases at nothing", () => {
    expect(new Set(viewOf(weights, named("final_norm.weight")))).toEqual(new Set([1]));
    expect(new Set(viewOf(weights, named("blocks.0.ffn.up.bias")))).toEqual(new Set([0]));
  });
});
