import { resolve } from "node:path";
import type { Digest } from "../../core/digest.ts";
import type { PreparedModel } from "../../core/model/prepared-model.ts";
import { ok, type Result } from "../../core/result.ts";
import { type DecoderDescription, describeDecoder } from "../../onnx/describe-decoder.ts";
import { isDirectory } from "../directories/files.ts";
import { readNamedModel } from "../directories/model-directory.ts";
import type { WorkshopContext } from "../workshop-context.ts";
import { readDecoder } from "./read-decoder.ts";

/** What is known of a model, before or after it is prepared. */
export type InspectedModel =
  | { readonly kind: "graph"; readonly decoder: DecoderDescription }
  | { readonly kind: "prepared"; readonly model: PreparedModel; readonly digest: Digest };

/**
 * Looks at a model: the structure found in an exported `.onnx` file, or what `model.json` of a prepared model says, its
 * files checked against their digests.
 *
 * Errors: those of `readDecoder` and `readModelDirectory`.
 */
export const inspectModel = async (
  named: string,
  context: WorkshopContext,
): Promise<Result<InspectedModel>> => {
  const path = resolve(context.workingDirectory, named);
  if (named.endsWith(".onnx") && !(await isDirectory(path))) {
    const decoder = await readDecoder(path);
    return decoder.ok ? ok({ kind: "graph", decoder: describeDecoder(decoder.value.structure) }) : decoder;
  }
  const files = await readNamedModel(named, context);
  if (!files.ok) return files;
  return ok({ kind: "prepared", model: files.value.model, digest: files.value.digest });
};
