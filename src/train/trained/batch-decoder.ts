import { ok, type Result } from "../../core/result.ts";
import { continueGreedily, type DecodedModel } from "../../onnx/continue-greedily.ts";
import type { Graph } from "../../onnx/graph.ts";
import { openOfflineSession } from "../../onnx/offline-session.ts";
import type { TrainConfig } from "../config.ts";
import { servingGraph } from "../decoder/decoder-graph.ts";
import { parametersOf } from "../decoder/parameters.ts";
import { END_OF_TEXT_ID } from "../tokenizer/tokenizer-file.ts";

/** Continues many prompts at once, for measuring a model while and after it is trained. */
export interface BatchDecoder {
  /**
   * Free-running greedy decoding of prompts that all have the same number of tokens: each continuation ends before
   * the end-of-text token, or after `longest` tokens.
   */
  continueAll(
    prompts: readonly (readonly number[])[],
    longest: number,
  ): Promise<readonly (readonly number[])[]>;
  /** Frees the session. */
  release(): Promise<void>;
}

/** What a batched decoder must know of a model. */
type DecoderDims = Pick<TrainConfig["model"], "layers" | "heads" | "width">;

/** The interface of the serving graph. */
const servedModel = ({ layers, heads, width }: DecoderDims): DecodedModel => ({
  io: {
    inputIds: "input_ids",
    attentionMask: "attention_mask",
    positionIds: "position_ids",
    logits: "logits",
    cache: Array.from({ length: layers }, (_, layer) => ({
      pastKey: `past_key_values.${layer}.key`,
      pastValue: `past_key_values.${layer}.value`,
      presentKey: `present.${layer}.key`,
      presentValue: `present.${layer}.value`,
    })),
  },
  dims: { kvHeads: heads, headDim: width / heads },
  specialTokens: { end: END_OF_TEXT_ID },
});

/** Opens the serving graph of `weights` for batched decoding; fails as the offline session does. */
export const openBatchDecoder = (
  { model, threads }: Pick<TrainConfig, "model" | "threads">,
  weights: Float32Array,
): Promise<Result<BatchDecoder>> =>
  openGraphDecoder(servingGraph(model, parametersOf(model), weights), servedModel(model), threads);

/** The same for the graph of any model, with its weights in it and without patch inputs. */
export const openGraphDecoder = async (
  graph: Graph,
  model: DecodedModel,
  threads: number,
): Promise<Result<BatchDecoder>> => {
  const opened = await openOfflineSession(graph, { threads });
  if (!opened.ok) return opened;
  return ok({
    continueAll: async (prompts, longest) =>
      (await continueGreedily(opened.value, model, prompts, longest)).map(({ tokens }) => tokens),
    release: () => opened.value.release(),
  });
};
