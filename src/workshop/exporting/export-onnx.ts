import { basename, dirname, join, resolve } from "node:path";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { standaloneModel } from "../../onnx/standalone-model.ts";
import type { NamedBundle } from "../bundles/bundle-reference.ts";
import { isDirectory } from "../directories/files.ts";
import {
  type ModelDirectory,
  readModelDirectory,
  resolveModelDirectory,
} from "../directories/model-directory.ts";
import { readGraphOf } from "../directories/model-parts.ts";
import type { WorkshopContext } from "../workshop-context.ts";
import type { ExportOptions, MadeExport } from "./exported.ts";
import { readLowRankPart } from "./low-rank-part.ts";

/** The files of the bundle's base model: those of the directory that `--model` is, else of `models/<name>`. */
const readBaseModel = async (
  { manifest: { model: wanted } }: NamedBundle,
  model: string,
  context: WorkshopContext,
): Promise<Result<ModelDirectory>> => {
  const given = await resolveModelDirectory(model, context);
  const directory = (await isDirectory(given)) ? given : await resolveModelDirectory(wanted.name, context);
  const files = await readModelDirectory(directory);
  if (!files.ok || files.value.digest === wanted.digest) return files;
  const message =
    `The bundle was made for "${wanted.name}" ${wanted.digest}; ${directory} holds ${files.value.digest}. ` +
    "Give --model the directory of the model that it was made for.";
  return fail(problem("wrong_base_model", message, { param: "--model" }));
};

/**
 * The base model of a bundle with the low-rank part in its weights, as one ONNX file, or two.
 *
 * Errors: those of `readModelDirectory`, `readLowRankPart`, `readModel` and `standaloneModel`; `wrong_base_model` where
 * the model at hand is another than the bundle's.
 */
export const exportOnnx = async (
  bundle: NamedBundle,
  { model: named, out, externalData, lowRankOnly }: ExportOptions,
  context: WorkshopContext,
): Promise<Result<MadeExport>> => {
  const files = await readBaseModel(bundle, named, context);
  if (!files.ok) return files;
  const { model } = files.value;
  const part = await readLowRankPart(bundle, model, lowRankOnly);
  if (!part.ok) return part;
  const { bindings, leftOut } = part.value;
  const graph = readGraphOf(files.value, "plain");
  if (!graph.ok) return graph;
  const path = resolve(context.workingDirectory, out);
  const dataFile = `${basename(path)}.data`;
  const made = standaloneModel(graph.value, model, bindings, { dataFile, beside: externalData ?? false });
  if (!made.ok) return made;
  const data = made.value.weights;
  return ok({
    files: [
      // The weights first: a graph that is there is then complete.
      ...(data === null ? [] : [{ path: join(dirname(path), dataFile), bytes: data }]),
      { path, bytes: made.value.graph },
    ],
    layers: bindings.map(({ layer, site, rank }) => ({ layer, name: `${site}-projection, merged`, rank })),
    leftOut,
  });
};
