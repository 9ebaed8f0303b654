import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { PreparedFiles } from "../../../src/core/model/prepared-files.ts";
import {
  type CodebookHook,
  preparedModelSchema,
  WEIGHTS_FILE,
} from "../../../src/core/model/prepared-model.ts";
import type { Result } from "../../../src/core/result.ts";
import { cloneGraph, type Graph } from "../../../src/onnx/graph.ts";
import { readModel } from "../../../src/onnx/read-model.ts";
import { cutGraphAt } from "../../../src/onnx/surgery/cut-graph.ts";
import { pruneGraph } from "../../../src/onnx/surgery/prune-graph.ts";
import { type WrittenModel, writeModel } from "../../../src/onnx/write-model.ts";
import { addInGraphCodebook } from "../alternatives/in-graph-hook.ts";

const MODEL_DIRECTORY = fileURLToPath(new URL("../../../models/world", import.meta.url).href);

/** The default model as it is served, and its graph as other software would run it. */
export interface BenchModels {
  readonly served: PreparedFiles;
  /** Neither patch inputs nor the outputs that codebooks and neurons are compared with. */
  readonly plain: WrittenModel;
}

/** The same model as other ways to consult its last codebook need it. */
export interface CodebookAlternatives {
  /** One graph that searches its codebook itself. */
  readonly inGraph: WrittenModel;
  /** Two graphs: up to the codebook's state, and from there on. */
  readonly head: WrittenModel;
  readonly tail: WrittenModel;
}

const unwrap = <Value>(result: Result<Value>): Value => {
  if (!result.ok) throw new Error(result.problem.message);
  return result.value;
};

const read = async (name: string): Promise<Uint8Array> =>
  new Uint8Array(await readFile(join(MODEL_DIRECTORY, name)));

const codebooksOf = ({ model }: PreparedFiles): readonly CodebookHook[] =>
  model.hooks.filter((hook) => hook.kind === "codebook");

const plainGraph = (served: PreparedFiles): Graph => {
  const graph = unwrap(readModel(served.plain, () => served.weights));
  const compared = served.model.hooks.flatMap((hook) =>
    "outputs" in hook ? Object.values(hook.outputs) : [],
  );
  return { ...graph, outputs: graph.outputs.filter(({ name }) => !compared.includes(name)) };
};

/** Reads the default model off the disk. */
export const readBenchModels = async (): Promise<BenchModels> => {
  const model = preparedModelSchema.parse(JSON.parse(new TextDecoder().decode(await read("model.json"))));
  const [graph, plain, weights, tokenizer] = await Promise.all([
    read("graph.onnx"),
    read("plain.onnx"),
    read(WEIGHTS_FILE),
    read("tokenizer.json"),
  ]);
  const served = { model, graph, plain, weights, tokenizer };
  return { served, plain: writeModel(plainGraph(served), WEIGHTS_FILE) };
};

const withoutUnread = (graph: Graph): Graph => {
  pruneGraph(graph);
  const wanted = new Set(graph.nodes.flatMap((node) => node.inputs));
  return { ...graph, inputs: graph.inputs.filter(({ name }) => wanted.has(name)) };
};

/** Builds the alternatives around the same weights; throws where the model has no codebook hook. */
export const buildAlternatives = (served: PreparedFiles): CodebookAlternatives => {
  const hook = codebooksOf(served).at(-1);
  if (hook === undefined) throw new Error(`${served.model.name} has no codebook hook`);
  const { input: stream } = hook.tensors;
  const plain = plainGraph(served);
  const state = {
    name: stream,
    type: "float32" as const,
    shape: ["batch", "sequence", hook.width] as const,
  };
  const upTo = served.model.io.cache
    .slice(0, hook.layer + 1)
    .flatMap(({ presentKey, presentValue }) => [presentKey, presentValue]);
  const searching = cloneGraph(plain);
  addInGraphCodebook(searching, stream, hook.width);
  const head = cloneGraph(plain);
  head.outputs = [...head.outputs.filter(({ name }) => upTo.includes(name)), state];
  const tail = cutGraphAt(
    { ...plain, outputs: plain.outputs.filter(({ name }) => !upTo.includes(name)) },
    state,
  );
  return {
    inGraph: writeModel(searching, WEIGHTS_FILE),
    head: writeModel(withoutUnread(head), WEIGHTS_FILE),
    tail: writeModel(tail, WEIGHTS_FILE),
  };
};
