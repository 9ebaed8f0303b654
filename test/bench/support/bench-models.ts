import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { preparedModelSchema, WEIGHTS_FILE } from "../../../src/core/model/prepared-model.ts";
import type { Result } from "../../../src/core/result.ts";
import { NO_HOOKS } from "../../../src/onnx/hooks/hook-selection.ts";
import { type PreparedFiles, prepareModel } from "../../../src/onnx/prepare-model.ts";
import { readModel } from "../../../src/onnx/read-model.ts";
import { WORLD_CONFIG } from "../../../src/train/config.ts";
import { servingGraph } from "../../../src/train/decoder-graph.ts";
import { parametersOf } from "../../../src/train/parameters.ts";

const MODEL_DIRECTORY = fileURLToPath(new URL("../../../models/world", import.meta.url).href);

/** The default model as it is served, and its graph without patch inputs. */
export interface BenchModels {
  readonly instrumented: PreparedFiles;
  readonly plain: PreparedFiles;
}

const unwrap = <Value>(result: Result<Value>): Value => {
  if (!result.ok) throw new Error(result.problem.message);
  return result.value;
};

const read = async (name: string): Promise<Uint8Array> =>
  new Uint8Array(await readFile(join(MODEL_DIRECTORY, name)));

/** The weights of a prepared graph in the order of the trainer, which named them. */
const weightsOf = (graph: Uint8Array, file: Uint8Array): Float32Array => {
  const { initializers } = unwrap(
    readModel(graph, (location) => (location === WEIGHTS_FILE ? file : undefined)),
  );
  const parameters = parametersOf(WORLD_CONFIG.model);
  const flat = new Float32Array(parameters.reduce((total, { size }) => total + size, 0));
  for (const { name, offset } of parameters) {
    const initializer = initializers.get(name);
    if (initializer?.type !== "float32")
      throw new Error(`models/world has no weight ${name}; train it again`);
    // A copy, as the bytes may lie where no typed array of floats can.
    flat.set(new Float32Array(initializer.bytes.slice().buffer), offset);
  }
  return flat;
};

/** Reads the default model off the disk and rebuilds its graph without patch inputs around the same weights. */
export const readBenchModels = async (): Promise<BenchModels> => {
  const model = preparedModelSchema.parse(JSON.parse(new TextDecoder().decode(await read("model.json"))));
  const [graph, weights, tokenizer] = await Promise.all([
    read("graph.onnx"),
    read(WEIGHTS_FILE),
    read("tokenizer.json"),
  ]);
  const config = WORLD_CONFIG.model;
  const plain = await prepareModel({
    name: "plain",
    graph: servingGraph(config, parametersOf(config), weightsOf(graph, weights)),
    tokenizerJson: tokenizer,
    context: config.context,
    specialTokens: model.specialTokens,
    hooks: NO_HOOKS,
  });
  return { instrumented: { model, graph, weights, tokenizer }, plain: unwrap(plain) };
};
