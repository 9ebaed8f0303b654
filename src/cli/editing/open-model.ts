import { join } from "node:path";
import { loadNearestKey } from "../../../wasm/load-nearest-key.ts";
import { WEIGHTS_FILE } from "../../core/model/prepared-model.ts";
import { ok, type Result } from "../../core/result.ts";
import { type ProbePrompt, parseProbes } from "../../edit/probes.ts";
import { createNodeBackend } from "../../engine/backends/node-backend.ts";
import { createEngine, type Engine } from "../../engine/engine.ts";
import type { Graph } from "../../onnx/graph.ts";
import { readModel } from "../../onnx/read-model.ts";
import { readBytesIfPresent } from "../files.ts";
import { type ModelDirectory, PROBES_FILE } from "../model-directory.ts";

/** A prepared model opened for editing. */
export interface OpenModel {
  readonly engine: Engine;
  readonly graph: Graph;
  /** Empty where the model has no probe file. */
  readonly probes: readonly ProbePrompt[];
}

const readProbes = async (directory: string): Promise<Result<readonly ProbePrompt[]>> => {
  const path = join(directory, PROBES_FILE);
  const bytes = await readBytesIfPresent(path);
  return bytes === null ? ok([]) : parseProbes(new TextDecoder().decode(bytes), path);
};

/**
 * Opens a model's production decoder, its graph and its probes. The caller releases the engine.
 *
 * Errors: those of `readModel`, `parseProbes` and `createEngine`.
 */
export const openModel = async (files: ModelDirectory): Promise<Result<OpenModel>> => {
  const graph = readModel(files.graph, (location) => (location === WEIGHTS_FILE ? files.weights : undefined));
  if (!graph.ok) return graph;
  const probes = await readProbes(files.directory);
  if (!probes.ok) return probes;
  const engine = await createEngine({
    model: files.model,
    graph: files.graph,
    plain: files.plain,
    weights: files.weights,
    nearestKey: await loadNearestKey(),
    tokenizerJson: new TextDecoder().decode(files.tokenizer),
    backend: await createNodeBackend(),
    now: () => performance.now(),
  });
  return engine.ok ? ok({ engine: engine.value, graph: graph.value, probes: probes.value }) : engine;
};
