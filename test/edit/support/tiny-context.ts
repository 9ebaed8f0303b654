import { type Edit, editSchema } from "../../../src/core/edit/edit.ts";
import type { ModelTrace } from "../../../src/core/model/model-trace.ts";
import { composePatchSet } from "../../../src/core/patch/compose.ts";
import type { Patch } from "../../../src/core/patch/patch.ts";
import { EMPTY_PATCH_SET, type PatchSet } from "../../../src/core/patch/patch-set.ts";
import { ok, type Result } from "../../../src/core/result.ts";
import type { EditingContext } from "../../../src/edit/method.ts";
import type { ProbePrompt } from "../../../src/edit/probes/probes.ts";
import { collectSecondMoments } from "../../../src/edit/statistics/collect-second-moments.ts";
import { statisticsCorpus } from "../../../src/edit/statistics/corpus.ts";
import type { SecondMoment } from "../../../src/edit/statistics/second-moment.ts";
import type { StatePositions } from "../../../src/edit/statistics/state-positions.ts";
import { PLAIN_WORKBENCH } from "../../../src/edit/workbench.ts";
import { createNodeBackend } from "../../../src/engine/backends/node/node-backend.ts";
import { createEngine } from "../../../src/engine/engine.ts";
import { readModel } from "../../../src/onnx/read-model.ts";
import { loadKernels } from "../../../wasm/load-kernels.ts";
import { tinyModel } from "../../fixtures/tiny-model.ts";
import { randomTexts } from "./random-texts.ts";

/** More texts than the tiny model's FFN has units, so that their states span it. */
const TINY_CORPUS_TEXTS = 300;

/** An editing context on the tiny random model, with the given probes and nothing attached. */
export const tinyContext = async (probes: readonly ProbePrompt[] = []): Promise<EditingContext> => {
  const { model, graph, plain, weights, tokenizer } = await tinyModel();
  const read = readModel(graph, () => weights);
  if (!read.ok) throw new Error(read.problem.message);
  const engine = await createEngine({
    model,
    graph,
    plain,
    weights,
    kernels: await loadKernels(),
    tokenizerJson: new TextDecoder().decode(tokenizer),
    backend: await createNodeBackend(),
    now: () => performance.now(),
  });
  if (!engine.ok) throw new Error(engine.problem.message);
  const opened = { model, engine: engine.value, graph: read.value, onProgress: () => undefined };
  const parent = { edits: [], patches: [] };
  return { ...opened, probes, parent, workbench: PLAIN_WORKBENCH, loadSecondMoment: momentsOver(opened) };
};

/** Second moments over random texts, enough of them for the tiny model. */
const momentsOver =
  ({ model, engine, graph, onProgress }: Pick<EditingContext, "model" | "engine" | "graph" | "onProgress">) =>
  async (layer: number, positions: StatePositions): Promise<Result<SecondMoment>> => {
    const moments = await collectSecondMoments({
      model,
      graph,
      tokenizer: engine.tokenizer,
      corpus: await statisticsCorpus(randomTexts(TINY_CORPUS_TEXTS)),
      layers: [layer],
      positions,
      from: null,
      onWindow: async () => undefined,
      onProgress,
    });
    return moments.ok ? ok(moments.value[0]!) : moments;
  };

/** An edit with what its schema fills in. */
export const editOf = (fields: { prompt: string; target: string } & Partial<Edit>): Edit =>
  editSchema.parse(fields);

/** The patch set of `patches` on the context's model. */
export const patchSetOf = (context: EditingContext, patches: readonly Patch[]): PatchSet => {
  if (patches.length === 0) return EMPTY_PATCH_SET;
  const composed = composePatchSet("test", patches, context.model);
  if (!composed.ok) throw new Error(composed.problem.message);
  return composed.value;
};

const NO_EFFECTS = {
  "subject-first": null,
  "subject-middle": null,
  "subject-last": null,
  further: null,
  "prompt-last": null,
};

/** `context` on a model whose trace found facts at `lookup` in `layer`. */
export const tracedContext = (
  context: EditingContext,
  lookup: ModelTrace["lookup"],
  layer: number,
): EditingContext => {
  const effects = { residual: NO_EFFECTS, ffn: NO_EFFECTS, attention: NO_EFFECTS };
  const run = { facts: 1, noise: 0, seed: 0, window: 1, clean: 1, corrupted: 0 };
  return { ...context, model: { ...context.model, trace: { lookup, layer, ...run, effects } } };
};
