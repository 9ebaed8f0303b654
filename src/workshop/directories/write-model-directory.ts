import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import type { PreparedFiles } from "../../core/model/prepared-files.ts";
import { modelDigest, type PreparedModel } from "../../core/model/prepared-model.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { MODEL_FILES, readModelDescription } from "./model-directory.ts";

/**
 * Checks that a model may be written to `directory`: nothing is there, or the same model.
 *
 * Errors: `model_conflict` where another model is there; `malformed_model` where what is there cannot be read.
 */
export const checkModelTarget = async (
  directory: string,
  model: PreparedModel,
): Promise<Result<"free" | "same">> => {
  const there = await readModelDescription(directory);
  if (!there.ok) return there.problem.code === "file_not_found" ? ok("free") : there;
  if ((await modelDigest(there.value)) === (await modelDigest(model))) return ok("same");
  const message = `${directory} holds another model, "${there.value.name}". Choose another directory, or remove it.`;
  return fail(problem("model_conflict", message, { param: "--out" }));
};

/**
 * Writes a prepared model. Each file appears whole or not at all, and `model.json` last, so that a directory with one
 * is complete. Errors: those of `checkModelTarget`.
 */
export const writeModelDirectory = async (directory: string, files: PreparedFiles): Promise<Result<null>> => {
  const target = await checkModelTarget(directory, files.model);
  if (!target.ok) return target;
  await mkdir(directory, { recursive: true });
  const contents: readonly (readonly [string, Uint8Array | string])[] = [
    [MODEL_FILES.graph, files.graph],
    [MODEL_FILES.plain, files.plain],
    [MODEL_FILES.weights, files.weights],
    [MODEL_FILES.tokenizer, files.tokenizer],
    [MODEL_FILES.model, `${JSON.stringify(files.model, null, 2)}\n`],
  ];
  for (const [name, content] of contents) {
    await writeFileAtomic(join(directory, name), content);
  }
  return ok(null);
};
