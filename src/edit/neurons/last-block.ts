import type { NeuronsHook, PreparedModel } from "../../core/model/prepared-model.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { findDecoder } from "../../onnx/find-decoder.ts";
import type { Graph } from "../../onnx/graph.ts";
import { removePatchInputs } from "../../onnx/remove-patch-inputs.ts";

/** The last block of a model, where extra neurons act. */
export interface LastBlock {
  readonly hook: NeuronsHook;
  /** The residual stream that leaves it, [batch, T, d]; the final norm and the unembedding follow. */
  readonly output: string;
  /** The model's graph without patch inputs. */
  readonly plain: Graph;
}

const unfit = (message: string) => fail(problem("shape_mismatch", message));

/**
 * The hook for neurons of the last block. Errors: `shape_mismatch` where the model has none there, or one of another
 * activation than ReLU, whose neurons are never silent; `unsupported_graph`.
 */
export const findLastBlock = (model: PreparedModel, graph: Graph): Result<LastBlock> => {
  const hooks = model.hooks.filter((hook) => hook.kind === "neurons");
  const last = model.layers - 1;
  const hook = hooks.find(({ layer }) => layer === last);
  if (!hook) {
    const offered = hooks.map(({ layer }) => layer).join(", ") || "no block";
    return unfit(
      `${model.name} takes neurons at ${offered}, and this method acts in the last block, ${last}: only there the rest of the model reads each position by itself. Prepare the model with --neurons ${last}.`,
    );
  }
  if (hook.activation !== "relu")
    return unfit(
      `The neurons of ${model.name} have the activation ${hook.activation}, which lets a neuron through where it should be silent. Prepare the model with ReLU neurons.`,
    );
  const plain = removePatchInputs(graph);
  const decoder = findDecoder(plain);
  if (!decoder.ok) return decoder;
  return ok({ hook, output: decoder.value.blocks.at(-1)!.output, plain });
};
