import { resolve } from "node:path";
import type { CommandContext } from "../../cli/context.ts";
import { problem } from "../../core/problem.ts";
import type { Result } from "../../core/result.ts";
import { fail, ok } from "../../core/result.ts";
import type { TrainConfig } from "../../train/config.ts";
import { trainConfigSchema, WORLD_CONFIG } from "../../train/config.ts";
import { parseJson, readBytes, readBytesIfPresent } from "../directories/files.ts";

/** How the command line asks for a run. */
export interface TrainingOptions {
  readonly config?: string | undefined;
  readonly epochs?: number | undefined;
  readonly resume: boolean;
  readonly restart: boolean;
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

/** The settings of a run: those of a file, else the default model's, with `--epochs` put in. */
export const readTrainConfig = async (
  { config: file, epochs }: TrainingOptions,
  context: CommandContext,
): Promise<Result<TrainConfig>> => {
  const read =
    file === undefined ? ok(WORLD_CONFIG) : await readConfigFile(resolve(context.workingDirectory, file));
  if (!read.ok || epochs === undefined) return read;
  return ok({ ...read.value, optimizer: { ...read.value.optimizer, epochs } });
};

/**
 * Refuses to start over where a run has left a checkpoint: it may be hours of work.
 *
 * Errors: `invalid_request`, unless `--resume` or `--restart` says what is meant.
 */
export const checkCheckpoint = async (
  path: string,
  { resume, restart }: TrainingOptions,
): Promise<Result<null>> => {
  if (resume && restart)
    return fail(problem("invalid_request", "--resume and --restart exclude each other; give one of them."));
  if (resume || restart || (await readBytesIfPresent(path)) === null) return ok(null);
  const message = `${path} holds the checkpoint of a run. Go on from it with --resume, or give --restart to discard it.`;
  return fail(problem("invalid_request", message, { param: "--resume" }));
};
