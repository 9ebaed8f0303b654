import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ok, type Result } from "../core/result.ts";
import { randomFor } from "../optim/random.ts";
import type { Corpus } from "../world/corpus.ts";
import type { TrainConfig } from "./config.ts";
import { parameterCount, parametersOf } from "./decoder/parameters.ts";
import type { TrainingProgress } from "./run/progress.ts";
import { trainModel } from "./run/train-model.ts";
import { measureTrained } from "./trained/save-trained.ts";
import type { SweepRow } from "./trained/sweep-table.ts";

/** What a sweep varies. */
export type SweepCandidate = Pick<TrainConfig["model"], "width" | "layers" | "heads" | "ffn"> &
  Pick<TrainConfig["optimizer"], "learningRate">;

/** What is compared for the default model: one shape at two rates, a wider and shallower one, a narrower and deeper. */
export const SWEEP_CANDIDATES: readonly SweepCandidate[] = [
  { width: 192, layers: 6, heads: 6, ffn: 768, learningRate: 1.5e-3 },
  { width: 192, layers: 6, heads: 6, ffn: 768, learningRate: 3e-3 },
  { width: 256, layers: 4, heads: 8, ffn: 1024, learningRate: 1.5e-3 },
  { width: 160, layers: 8, heads: 5, ffn: 640, learningRate: 1.5e-3 },
];

/** Share of the subjects that a proxy run is trained on. */
const SUBJECT_SHARE = 0.1;

/** How a proxy run is cut down: few epochs, and smaller steps so that there are enough of them. */
const PROXY = { epochs: 10, tokensPerStep: 768, warmUp: 40 };

/** Losses at the end of a run that are averaged. */
const LAST_LOSSES = 20;

/** The part of the corpus about a tenth of the subjects, drawn by the seed. */
export const proxyCorpus = (corpus: Corpus, seed: number): Corpus => {
  const isDrawn = ({ subject }: { readonly subject: string }) =>
    randomFor(seed, "proxy", subject).next() < SUBJECT_SHARE;
  return {
    ...corpus,
    facts: corpus.facts.filter(isDrawn),
    mistakes: corpus.mistakes.filter(isDrawn),
    twoHops: {
      trained: corpus.twoHops.trained.filter(isDrawn),
      heldOut: corpus.twoHops.heldOut.filter(isDrawn),
    },
  };
};

/** The settings of one proxy run. */
export const proxyConfig = (config: TrainConfig, candidate: SweepCandidate): TrainConfig => {
  const { learningRate, ...shape } = candidate;
  const share = (count: number) => Math.round(count * SUBJECT_SHARE);
  const { twoHopsPerEpoch, fillersPerEpoch } = config.corpus;
  return {
    ...config,
    model: { ...config.model, ...shape },
    corpus: {
      ...config.corpus,
      twoHopsPerEpoch: share(twoHopsPerEpoch),
      fillersPerEpoch: share(fillersPerEpoch),
    },
    optimizer: { ...config.optimizer, ...PROXY, learningRate },
  };
};

/** What a sweep needs besides its settings. */
export interface SweepRun {
  readonly corpus: Corpus;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TrainingProgress) => void;
}

const trainProxy = async (
  config: TrainConfig,
  run: SweepRun,
  checkpoint: string,
): Promise<Result<SweepRow>> => {
  const trained = await trainModel({ ...run, config, checkpoint, resume: false });
  if (!trained.ok) return trained;
  const report = await measureTrained(config, run.corpus, trained.value);
  if (!report.ok) return report;
  const { losses } = trained.value;
  const last = losses.slice(-LAST_LOSSES);
  const { trained: seen, heldOut, twoHop } = report.value.recall;
  const { width, layers, heads, ffn } = config.model;
  return ok({
    width,
    layers,
    heads,
    ffn,
    learningRate: config.optimizer.learningRate,
    parameters: parameterCount(parametersOf(config.model)),
    steps: losses.length,
    loss: last.reduce((sum, loss) => sum + loss, 0) / last.length,
    trained: seen ?? 0,
    heldOut: heldOut ?? 0,
    twoHop: twoHop ?? 0,
  });
};

/**
 * Trains a small proxy of each candidate on a tenth of the subjects and measures it: one row for each, in their order.
 * Fails as `trainModel` does.
 */
export const runSweep = async (
  config: TrainConfig,
  run: SweepRun,
  candidates: readonly SweepCandidate[] = SWEEP_CANDIDATES,
): Promise<Result<readonly SweepRow[]>> => {
  const directory = await mkdtemp(join(tmpdir(), "errata-sweep-"));
  const proxy = { ...run, corpus: proxyCorpus(run.corpus, config.seed) };
  const rows: SweepRow[] = [];
  try {
    for (const [index, candidate] of candidates.entries()) {
      const row = await trainProxy(proxyConfig(config, candidate), proxy, join(directory, String(index)));
      if (!row.ok) return row;
      rows.push(row.value);
    }
  } finally {
    await rm(directory, { recursive: true });
  }
  return ok(rows);
};
