import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { digestOfText } from "../../core/digest.ts";
import { ok, type Result } from "../../core/result.ts";
import { initialAdamState } from "../../optim/adamw.ts";
import { type Corpus, trainedTexts } from "../../world/corpus.ts";
import { LEAD_INS } from "../../world/sentences/lead-ins.ts";
import { configDigest, type TrainConfig } from "../config.ts";
import { initialWeights, parametersOf } from "../decoder/parameters.ts";
import { encoderFor, trainTokenizer } from "../tokenizer/tokenizer-file.ts";
import { type RunIdentity, readCheckpoint, type TrainingState, writeCheckpoint } from "./checkpoint.ts";
import type { TrainingProgress } from "./progress.ts";
import { runTraining } from "./run-training.ts";

/** A training job. */
export interface TrainingJob {
  readonly config: TrainConfig;
  readonly corpus: Corpus;
  /** File that the run writes its checkpoints to, after every epoch, on cancellation and at the end. */
  readonly checkpoint: string;
  /** Go on from the checkpoint; otherwise start over. */
  readonly resume: boolean;
  readonly onProgress?: (progress: TrainingProgress) => void;
  /** Stops the run after the step under way; it can be resumed. */
  readonly signal?: AbortSignal;
}

/** What a finished run yields. */
export interface TrainedModel {
  /** All weights, laid out by `parametersOf(config.model)`. */
  readonly weights: Float32Array;
  /** The text of `tokenizer.json`. */
  readonly tokenizer: string;
  /** The loss of every step. */
  readonly losses: readonly number[];
}

const freshState = (config: TrainConfig): TrainingState => {
  const weights = initialWeights(parametersOf(config.model), config.seed);
  return { weights, adam: initialAdamState(weights.length), epoch: 0, batch: 0, losses: [] };
};

/** What checkpoints of a run belong to: its settings, and everything it is taught. */
export const runIdentity = async (config: TrainConfig, corpus: Corpus): Promise<RunIdentity> => {
  const { facts, holdOut, twoHops, fillers } = corpus;
  const taught = facts.map((fact) => [
    fact.relation.phrasings,
    fact.subject,
    fact.object,
    holdOut.trained(fact).length,
  ]);
  const chains = twoHops.trained.map(({ prompt, answer }) => [prompt, answer]);
  const digest = await digestOfText(JSON.stringify([taught, chains, fillers, LEAD_INS]));
  return { config: await configDigest(config), corpus: digest };
};

/**
 * Trains a model from the seed, tokenizer included, or resumes from a checkpoint: the same config and corpus give
 * the same bits on one machine. Resuming a finished run gives its model back. Fails with `cancelled` when stopped
 * (its checkpoint is on disk then), and with `file_not_found` or `malformed_checkpoint` where it cannot resume.
 */
export const trainModel = async (job: TrainingJob): Promise<Result<TrainedModel>> => {
  const { config, corpus, checkpoint, resume, onProgress, signal } = job;
  const identity = await runIdentity(config, corpus);
  const start = resume ? await readCheckpoint(checkpoint, identity) : ok(freshState(config));
  if (!start.ok) return start;
  const state = start.value;
  const tokenizer = trainTokenizer(trainedTexts(corpus), config.model.vocabulary);
  await mkdir(dirname(checkpoint), { recursive: true });
  const saveState = (current: TrainingState) => writeCheckpoint(checkpoint, current, identity);
  const run = { config, corpus, encode: encoderFor(tokenizer), saveState, onProgress, signal };
  const finished = await runTraining(run, state);
  if (!finished.ok) return finished;
  await saveState(state);
  return ok({ weights: state.weights, tokenizer, losses: state.losses });
};
