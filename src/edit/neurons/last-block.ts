import { findHook } from "../../core/model/find-hook.ts";
import type { NeuronsHook, PreparedModel } from "../../core/model/prepared-model.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { Graph } from "../../onnx/graph.ts";
import { openDecoder } from "../../onnx/open-decoder.ts";
import { type SameTokens, sameTokensOf } from "../../onnx/structure/same-tokens.ts";

/** The last block of a model, where extra neurons act. */
export interface LastBlock {
  readonly hook: NeuronsHook;
  /** The residual stream that leaves it, [batch, T, d]; the final norm and the unembedding follow. */
  readonly output: string;
  /** The model's graph without patch inputs, in operators that have gradients. */
  readonly plain: Graph;
  /** What of it is over the same tokens as that stream. */
  readonly same: SameTokens;
}

/**
 * The hook for neurons of the last block: only there the rest of the model reads each position by itself. Errors:
 * `wrong_base_model` where the model has none there, or one of another activation than ReLU, whose neurons are never
 * silent; `unsupported_graph`.
 */
export const findLastBlock = (model: PreparedModel, graph: Graph): Result<LastBlock> => {
  const layer = model.layers - 1;
  const advice = `This method acts in the last block: prepare the model with --neurons ${layer}.`;
  const found = findHook(model, { kind: "neurons", layer }, { who: "The method", advice, param: "model" });
  if (!found.ok) return found;
  const hook = found.value;
  if (hook.activation !== "relu")
    return fail(
      problem(
        "wrong_base_model",
        `The neurons of ${model.name} have the activation ${hook.activation}, which lets a neuron through where it should be silent. Prepare the model with ReLU neurons.`,
        { param: "model" },
      ),
    );
  const decoder = openDecoder(graph);
  if (!decoder.ok) return decoder;
  const { structure, lowered } = decoder.value;
  return ok({ hook, output: structure.blocks.at(-1)!.output, plain: lowered, same: sameTokensOf(structure) });
};
