import type { PreparedFiles } from "../../core/model/prepared-files.ts";
import type { Result } from "../../core/result.ts";
import type { HookSelection } from "../../onnx/hooks/hook-selection.ts";
import { prepareModel } from "../../onnx/prepare-model.ts";
import type { TrainConfig } from "../config.ts";
import { servingGraph } from "../decoder/decoder-graph.ts";
import { parametersOf } from "../decoder/parameters.ts";
import type { TrainedModel } from "../run/train-model.ts";
import { END_OF_TEXT_ID } from "../tokenizer/tokenizer-file.ts";

/**
 * A codebook and neurons on the last block, which separates facts best in models of this size, and low-rank patches
 * on the down-projections of all blocks before it: the methods that edit weights work in the middle ones, and most
 * knowledge neurons lie in the first.
 */
const trainedHooks = (layers: number): HookSelection => ({
  codebook: [layers - 1],
  neurons: [layers - 1],
  lowRank: Array.from({ length: layers - 1 }, (_, layer) => ({ layer, site: "down" })),
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
