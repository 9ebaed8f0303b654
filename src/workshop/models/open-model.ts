import { join } from "node:path";
import { loadKernels } from "../../../wasm/load-kernels.ts";
import { ok, type Result } from "../../core/result.ts";
import { type ProbePrompt, parseProbes } from "../../edit/probes/probes.ts";
import type { LoadSecondMoment } from "../../edit/statistics/second-moment.ts";
import { createNodeBackend } from "../../engine/backends/node/node-backend.ts";
import { createEngine, type Engine } from "../../engine/engine.ts";
import type { Graph } from "../../onnx/graph.ts";
import { readBytesIfPresent } from "../directories/files.ts";
import { type ModelDirectory, PROBES_FILE } from "../directories/model-directory.ts";
import { readGraphOf } from "../directories/model-parts.ts";
import { openMomentStore, secondMomentLoader } from "../statistics/moment-store.ts";
import type { WorkshopContext } from "../workshop-context.ts";

/** A prepared model opened for editing. */
export interface OpenModel {
  readonly engine: Engine;
  readonly graph: Graph;
  /** Empty where the model has no probe file. */
  readonly probes: readonly ProbePrompt[];
  /** Kept in the model's directory; computed on demand over its default corpus. */
  readonly loadSecondMoment: LoadSecondMoment;
}

/** What opening a model needs of its surroundings. */
export type OpeningContext = Pick<WorkshopContext, "now" | "progress" | "signal">;

const readProbes = async (directory: string): Promise<Result<readonly ProbePrompt[]>> => {
  const path = join(directory, PROBES_FILE);
  const bytes = await readBytesIfPresent(path);
  return bytes === null ? ok([]) : parseProbes(new TextDecoder().decode(bytes), path);
};

const momentLoader = (
  files: ModelDirectory,
  { engine, graph }: Pick<OpenModel, "engine" | "graph">,
  context: OpeningContext,
): LoadSecondMoment =>
  secondMomentLoader(
    openMomentStore({
      files,
      graph,
      tokenizer: engine.tokenizer,
      // Loaded when it is asked for: few edits need the corpus.
      corpus: async () => (await import("../statistics/open-corpus.ts")).openCorpus(files),
      onProgress: context.progress.step,
      signal: context.signal,
      now: context.now,
    }),
  );

/**
 * Opens a model's production decoder, its graph and its probes. The caller releases the engine.
 *
 * Errors: those of `readModel`, `parseProbes` and `createEngine`.
 */
export const openModel = async (
  files: ModelDirectory,
  context: OpeningContext,
): Promise<Result<OpenModel>> => {
  const graph = readGraphOf(files);
  if (!graph.ok) return graph;
  const probes = await readProbes(files.directory);
  if (!probes.ok) return probes;
  const engine = await createEngine({
    model: files.model,
    graph: files.graph,
    plain: files.plain,
    weights: files.weights,
    kernels: await loadKernels(),
    tokenizerJson: new TextDecoder().decode(files.tokenizer),
    backend: await createNodeBackend(),
    now: context.now,
  });
  if (!engine.ok) return engine;
  const opened = { engine: engine.value, graph: graph.value, probes: probes.value };
  return ok({ ...opened, loadSecondMoment: momentLoader(files, opened, context) });
};
