import type { Result } from "../core/result.ts";
import type { HookSelection } from "../onnx/hooks/hook-selection.ts";
import { type PreparedFiles, prepareModel } from "../onnx/prepare-model.ts";
import type { TrainConfig } from "./config.ts";
import { servingGraph } from "./decoder-graph.ts";
import { parametersOf } from "./parameters.ts";
import { END_OF_TEXT_ID } from "./tokenizer-file.ts";
import type { TrainedModel } from "./train-model.ts";

/**
 * A codebook on the last block, which separates facts best in models of this size, and nothing else: a hook that
 * no shipped method uses would cost speed for nothing.
 */
const trainedHooks = (layers: number): HookSelection => ({
  codebook: [layers - 1],
  neurons: [],
  lowRank: [],
});

/** Makes a trained model ready to serve; fails as `prepareModel` does. */
export const prepareTrained = (
  { name, model }: TrainConfig,
  { weights, tokenizer }: Pick<TrainedModel, "weights" | "tokenizer">,
): Promise<Result<PreparedFiles>> =>
  prepareModel({
    name,
    graph: servingGraph(model, parametersOf(model), weights),
    tokenizerJson: new TextEncoder().encode(tokenizer),
    specialTokens: { begin: null, end: END_OF_TEXT_ID },
    hooks: trainedHooks(model.layers),
  });
