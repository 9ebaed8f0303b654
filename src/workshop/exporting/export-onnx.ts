import { basename, dirname, join } from "node:path";
import { WEIGHTS_FILE } from "../../core/model/prepared-model.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { readModel } from "../../onnx/read-model.ts";
import { standaloneModel } from "../../onnx/standalone-model.ts";
import { isDirectory } from "../directories/files.ts";
import {
  type ModelDirectory,
  readModelDirectory,
  resolveModelDirectory,
} from "../directories/model-directory.ts";
import type { ExportRequest, MadeExport } from "./exported.ts";
import { readLowRankPart } from "./low-rank-part.ts";

/** The files of the bundle's base model: those of the directory that `--model` is, else of `models/<name>`. */
const readBaseModel = async ({ bundle, model, context }: ExportRequest): Promise<Result<ModelDirectory>> => {
  const wanted = bundle.manifest.model;
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
export const exportOnnx = async (request: ExportRequest): Promise<Result<MadeExport>> => {
  const { bundle, out, externalData } = request;
  const files = await readBaseModel(request);
  if (!files.ok) return files;
  const { model, plain, weights } = files.value;
  const part = await readLowRankPart(bundle, model, request.lowRankOnly);
  if (!part.ok) return part;
  const { bindings, leftOut } = part.value;
  const graph = readModel(plain, (location) => (location === WEIGHTS_FILE ? weights : undefined));
  if (!graph.ok) return graph;
  const dataFile = `${basename(out)}.data`;
  const made = standaloneModel(graph.value, model, bindings, { dataFile, beside: externalData });
  if (!made.ok) return made;
  const data = made.value.weights;
  return ok({
    files: [
      // The weights first: a graph that is there is then complete.
      ...(data === null ? [] : [{ path: join(dirname(out), dataFile), bytes: data }]),
      { path: out, bytes: made.value.graph },
    ],
    layers: bindings.map(({ layer, site, rank }) => ({ layer, name: `${site}-projection, merged`, rank })),
    leftOut,
    next: "It runs in any ONNX runtime; its patches can no longer be detached.",
  });
};
