import { describe, expect, it } from "vitest";
import { WORLD_CONFIG } from "../../src/train/config.ts";
import { parameterCount, parametersOf } from "../../src/train/decoder/parameters.ts";
import { proxyConfig, proxyCorpus, runSweep, SWEEP_CANDIDATES } from "../../src/train/proxy-sweep.ts";
import { readWorldCorpus } from "../../src/world/files/world-corpus.ts";
import { TINY_CONFIG, tinyCorpus } from "./support/tiny.ts";

const loaded = readWorldCorpus(WORLD_CONFIG.seed);
if (!loaded.ok) throw new Error(loaded.problem.message);
const corpus = loaded.value;

describe("a proxy run", () => {
  it("has about a tenth of the facts and chains, each subject whole or not at all", () => {
    const proxy = proxyCorpus(corpus, WORLD_CONFIG.seed);
    expect(Math.abs(proxy.facts.length / corpus.facts.length - 0.1)).toBeLessThan(0.02);
    const drawn = new Set(proxy.facts.map(({ subject }) => subject));
    expect(corpus.facts.filter(({ subject }) => drawn.has(subject)).length).toBe(proxy.facts.length);
    const chains = [...proxy.twoHops.trained, ...proxy.twoHops.heldOut];
    expect(chains.filter(({ subject }) => !drawn.has(subject))).toEqual([]);
    expect(proxy.twoHops.heldOut.length).toBeGreaterThan(20);
  });

  it("has the candidate's shape and rate, and the default's vocabulary", () => {
    const { model, optimizer } = proxyConfig(WORLD_CONFIG, SWEEP_CANDIDATES[2]!);
    expect(model).toEqual({ width: 256, layers: 4, heads: 8, ffn: 1024, vocabulary: 4096, context: 64 });
    expect(optimizer.learningRate).toBe(1.5e-3);
    expect(optimizer.epochs).toBeLessThan(WORLD_CONFIG.optimizer.epochs);
  });
});

describe("a sweep", () => {
  it("compares models of 3 to 8 million parameters, the default's settings among them", () => {
    const { width, layers, heads, ffn } = WORLD_CONFIG.model;
    const { learningRate } = WORLD_CONFIG.optimizer;
    expect(SWEEP_CANDIDATES).toContainEqual({ width, layers, heads, ffn, learningRate });
    for (const candidate of SWEEP_CANDIDATES) {
      const parameters = parameterCount(parametersOf(proxyConfig(WORLD_CONFIG, candidate).model));
      expect(parameters).toBeGreaterThan(2.9e6);
      expect(parameters).toBeLessThan(8e6);
    }
  });

  it("trains and measures each candidate, the same each time", async () => {
    const narrow = { width: 16, layers: 1, heads: 1, ffn: 32, learningRate: 5e-3 };
    const sweep = () => runSweep(TINY_CONFIG, { corpus: tinyCorpus() }, [narrow, { ...narrow, width: 32 }]);
    const rows = await sweep();
    if (!rows.ok) throw new Error(rows.problem.message);
    expect(rows.value.map(({ width }) => width)).toEqual([16, 32]);
    const { epochs } = proxyConfig(TINY_CONFIG, narrow).optimizer;
    expect(rows.value[0]!.steps).toBeGreaterThanOrEqual(epochs);
    expect(rows.value[1]!.steps).toBe(rows.value[0]!.steps);
    expect(rows.value[0]!.loss).not.toBe(rows.value[1]!.loss);
    expect(await sweep()).toEqual(rows);
  });
});
