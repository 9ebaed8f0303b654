import { ok, type Result } from "../../core/result.ts";
import { removePatchInputs } from "../../onnx/remove-patch-inputs.ts";
import { WORLD_CONFIG } from "../../train/config.ts";
import { encoderFor } from "../../train/tokenizer/tokenizer-file.ts";
import { type BatchDecoder, openGraphDecoder } from "../../train/trained/batch-decoder.ts";
import { measureRecall, type RecallReport, recallProbes } from "../../train/trained/recall.ts";
import { readWorldCorpus } from "../../world/files/world-corpus.ts";
import { type ModelDirectory, readNamedModel } from "../directories/model-directory.ts";
import { readGraphOf } from "../directories/model-parts.ts";
import type { WorkshopContext } from "../workshop-context.ts";

const openDecoder = async (files: ModelDirectory): Promise<Result<BatchDecoder>> => {
  const read = readGraphOf(files);
  if (!read.ok) return read;
  return openGraphDecoder(removePatchInputs(read.value), files.model, WORLD_CONFIG.threads);
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
  const files = await readNamedModel(named, context);
  if (!files.ok) return files;
  const corpus = readWorldCorpus();
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
