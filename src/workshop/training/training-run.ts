import { join, resolve } from "node:path";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { type TrainConfig, trainConfigSchema, WORLD_CONFIG } from "../../train/config.ts";
import { parameterCount, parametersOf } from "../../train/decoder/parameters.ts";
import type { Corpus } from "../../world/corpus.ts";
import { readWorldCorpus } from "../../world/files/world-corpus.ts";
import { parseJson, readBytes, readBytesIfPresent } from "../directories/files.ts";
import type { WorkshopContext } from "../workshop-context.ts";
import { TRAINED_DIRECTORY, type TrainingOptions } from "./training-options.ts";

/** The checkpoint, in the output directory. */
const CHECKPOINT_FILE = "training.checkpoint";

/** A run, read and checked. */
export interface TrainingRun {
  readonly config: TrainConfig;
  readonly corpus: Corpus;
  /** Directory of the model, absolute. */
  readonly out: string;
  readonly checkpoint: string;
  readonly resume: boolean;
  /** How many numbers the model learns. */
  readonly parameters: number;
}

const readConfigFile = async (path: string): Promise<Result<TrainConfig>> => {
  const bytes = await readBytes(path, "a training configuration in JSON");
  if (!bytes.ok) return bytes;
  const json = parseJson(bytes.value, "invalid_request", path);
  if (!json.ok) return json;
  const parsed = trainConfigSchema.safeParse(json.value);
  if (parsed.success) return ok(parsed.data);
  const issue = parsed.error.issues[0];
  const place = issue?.path.map(String).join(".") || "the document";
  const message = `${path}: at ${place}: ${issue?.message}. errata train --dry-run --json prints a whole one.`;
  return fail(problem("invalid_request", message, { param: "--config" }));
};

const readTrainConfig = async (
  { config: file, epochs }: TrainingOptions,
  context: WorkshopContext,
): Promise<Result<TrainConfig>> => {
  const read =
    file === undefined ? ok(WORLD_CONFIG) : await readConfigFile(resolve(context.workingDirectory, file));
  if (!read.ok || epochs === undefined) return read;
  return ok({ ...read.value, optimizer: { ...read.value.optimizer, epochs } });
};

/** Refuses to start over where a run has left a checkpoint: it may be hours of work. */
const checkCheckpoint = async (path: string, { resume, restart }: TrainingOptions): Promise<Result<null>> => {
  if (resume && restart)
    return fail(problem("invalid_request", "--resume and --restart exclude each other; give one of them."));
  if (resume || restart || (await readBytesIfPresent(path)) === null) return ok(null);
  const message = `${path} holds the checkpoint of a run. Go on from it with --resume, or give --restart to discard it.`;
  return fail(problem("invalid_request", message, { param: "--resume" }));
};

/**
 * Reads the settings and the corpus of a run, and checks that it overwrites no checkpoint.
 *
 * Errors: `file_not_found`; `invalid_request` for settings that are none, and where there is a checkpoint and neither
 * `resume` nor `restart` says what is meant; those of the corpus.
 */
export const openTrainingRun = async (
  options: TrainingOptions,
  context: WorkshopContext,
): Promise<Result<TrainingRun>> => {
  const config = await readTrainConfig(options, context);
  if (!config.ok) return config;
  const corpus = readWorldCorpus(config.value.seed);
  if (!corpus.ok) return corpus;
  const out =
    options.out === undefined
      ? join(context.projectDirectory, TRAINED_DIRECTORY, config.value.name)
      : resolve(context.workingDirectory, options.out);
  const checkpoint = join(out, CHECKPOINT_FILE);
  const free = options.sweep ? ok(null) : await checkCheckpoint(checkpoint, options);
  if (!free.ok) return free;
  const parameters = parameterCount(parametersOf(config.value.model));
  return ok({
    config: config.value,
    corpus: corpus.value,
    out,
    checkpoint,
    resume: options.resume,
    parameters,
  });
};
