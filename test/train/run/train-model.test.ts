import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { initialWeights, parametersOf } from "../../../src/train/decoder/parameters.ts";
import { readCheckpoint } from "../../../src/train/run/checkpoint.ts";
import type { TrainingProgress } from "../../../src/train/run/progress.ts";
import { runIdentity, type TrainedModel, trainModel } from "../../../src/train/run/train-model.ts";
import { encoderFor } from "../../../src/train/tokenizer/tokenizer-file.ts";
import { openBatchDecoder } from "../../../src/train/trained/batch-decoder.ts";
import { measureRecall, recallProbes } from "../../../src/train/trained/recall.ts";
import { TINY_CONFIG, tinyCorpus } from "../support/tiny.ts";

const corpus = tinyCorpus();
const directory = mkdtempSync(join(tmpdir(), "errata-train-"));

const train = async (name: string, extra: Partial<Parameters<typeof trainModel>[0]> = {}) =>
  trainModel({ config: TINY_CONFIG, corpus, checkpoint: join(directory, name), resume: false, ...extra });

/** Trains until `step`, then stops by the signal. */
const trainUntil = async (name: string, step: number, resume: boolean) => {
  const controller = new AbortController();
  const onProgress = (progress: TrainingProgress) => {
    if (progress.step === step) controller.abort();
  };
  return train(name, { resume, onProgress, signal: controller.signal });
};

const modelOf = (result: Awaited<ReturnType<typeof train>>): TrainedModel => {
  if (!result.ok) throw new Error(result.problem.message);
  return result.value;
};

let whole: TrainedModel;

beforeAll(async () => {
  whole = modelOf(await train("whole"));
});

describe("a training run", () => {
  it("lowers the loss", () => {
    expect(whole.losses.length).toBeGreaterThan(10);
    expect(whole.losses.at(-1)!).toBeLessThan(0.7 * whole.losses[0]!);
  });

  it("repeats itself bit for bit", async () => {
    expect(modelOf(await train("again"))).toEqual(whole);
  });

  it("yields, stopped within an epoch and resumed, the same bits as in one go", async () => {
    const stopped = await trainUntil("resumed", 2, false);
    expect(stopped.ok ? "finished" : stopped.problem.code).toBe("cancelled");
    const again = await trainUntil("resumed", 7, true);
    expect(again.ok ? "finished" : again.problem.code).toBe("cancelled");
    expect(modelOf(await train("resumed", { resume: true }))).toEqual(whole);
  });

  it("gives a finished model back without another step", async () => {
    const steps: number[] = [];
    const onProgress = ({ step }: TrainingProgress) => steps.push(step);
    expect(modelOf(await train("whole", { resume: true, onProgress }))).toEqual(whole);
    expect(steps).toEqual([]);
  });

  it("does not resume a run of other settings, nor one that is not there", async () => {
    const config = { ...TINY_CONFIG, seed: 8 };
    const other = await train("whole", { resume: true, config });
    expect(other.ok ? "ok" : other.problem.code).toBe("malformed_checkpoint");
    const none = await train("none", { resume: true });
    expect(none.ok ? "ok" : none.problem.code).toBe("file_not_found");
  });

  it("saves its state so that a checkpoint holds the step it was stopped after", async () => {
    await trainUntil("stopped", 4, false);
    const saved = await readCheckpoint(join(directory, "stopped"), await runIdentity(TINY_CONFIG, corpus));
    if (!saved.ok) throw new Error(saved.problem.message);
    expect(saved.value.adam.step).toBe(4);
    expect(saved.value.losses).toEqual(whole.losses.slice(0, 4));
  });
});

describe("recall", () => {
  const recallOf = async (weights: Float32Array, probes = recallProbes(corpus)) => {
    const decoder = await openBatchDecoder(TINY_CONFIG, weights);
    if (!decoder.ok) throw new Error(decoder.problem.message);
    const report = await measureRecall(decoder.value, encoderFor(whole.tokenizer), probes);
    await decoder.value.release();
    return report;
  };

  it("is nothing for an untrained model, and grows with training", async () => {
    const untrained = await recallOf(initialWeights(parametersOf(TINY_CONFIG.model), TINY_CONFIG.seed));
    expect(untrained.trained).toBe(0);
    const config = { ...TINY_CONFIG, optimizer: { ...TINY_CONFIG.optimizer, epochs: 120 } };
    const longer = modelOf(await train("longer", { config }));
    const trained = await recallOf(longer.weights);
    expect(trained.trained!).toBeGreaterThan(0.9);
    expect(Object.keys(trained.byRelation)).toHaveLength(8);
    expect(trained.twoHop).toBeNull();
    const asChains = recallProbes(corpus).facts.filter(({ heldOut }) => !heldOut);
    expect(await recallOf(longer.weights, { facts: [], twoHops: asChains })).toEqual({
      trained: null,
      heldOut: null,
      twoHop: trained.trained,
      byRelation: {},
    });
    // Relations are of one size, so that the whole is their mean.
    for (const share of ["trained", "heldOut"] as const) {
      const shares = Object.values(trained.byRelation).map((of) => of[share]!);
      expect(shares.reduce((sum, one) => sum + one, 0) / 8).toBeCloseTo(trained[share]!, 12);
    }
  });
});
