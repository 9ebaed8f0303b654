import { WEIGHTS_FILE } from "../../core/model/prepared-model.ts";
import { ok, type Result } from "../../core/result.ts";
import { readModel } from "../../onnx/read-model.ts";
import { removePatchInputs } from "../../onnx/remove-patch-inputs.ts";
import { type BatchDecoder, openGraphDecoder } from "../../train/batch-decoder.ts";
import { WORLD_CONFIG } from "../../train/config.ts";
import { measureRecall, type RecallReport, recallProbes } from "../../train/recall.ts";
import { encoderFor } from "../../train/tokenizer-file.ts";
import { readWorldCorpus } from "../../world/files/world-corpus.ts";
import {
  type ModelDirectory,
  readModelDirectory,
  resolveModelDirectory,
} from "../directories/model-directory.ts";
import type { WorkshopContext } from "../workshop-context.ts";

const openDecoder = async ({ graph, weights, model }: ModelDirectory): Promise<Result<BatchDecoder>> => {
  const read = readModel(graph, (location) => (location === WEIGHTS_FILE ? weights : undefined));
  if (!read.ok) return read;
  const { layers, dims } = model;
  return openGraphDecoder(
    removePatchInputs(read.value),
    { layers, heads: dims.heads, width: dims.width },
    WORLD_CONFIG.threads,
  );
};

/**
 * Asks a model every fact of the tables that the default model is trained on. `named` is a model's name or directory.
 *
 * Errors: those of `readModelDirectory`, `readModel` and `openGraphDecoder`.
 */
export const measureModelRecall = async (
  named: string,
  context: WorkshopContext,
): Promise<Result<RecallReport>> => {
  const files = await readModelDirectory(await resolveModelDirectory(named, context));
  if (!files.ok) return files;
  const corpus = readWorldCorpus(WORLD_CONFIG.seed);
  if (!corpus.ok) return corpus;
  const decoder = await openDecoder(files.value);
  if (!decoder.ok) return decoder;
  const probes = recallProbes(corpus.value);
  const prompts = probes.facts.length + probes.twoHops.length;
  context.progress.note(`asking ${prompts} prompts, a minute or more`);
  try {
    const encode = encoderFor(new TextDecoder().decode(files.value.tokenizer));
    return ok(await measureRecall(decoder.value, encode, probes));
  } finally {
    await decoder.value.release();
  }
};
