import { cacheRowAxis, cacheShape, cacheTensors } from "../../core/model/cache-form.ts";
import type { PreparedModel } from "../../core/model/prepared-model.ts";
import { ok, type Result } from "../../core/result.ts";
import { findDecoder } from "../../onnx/find-decoder.ts";
import type { Graph } from "../../onnx/graph.ts";
import { interceptTensor } from "../../onnx/surgery/intercept-tensor.ts";
import { addTargetLoss } from "../../onnx/surgery/target-loss.ts";

/**
 * A model over one token behind a cache, once for each step of each block: row ℓS + s - 1 multiplies the activations
 * of block ℓ by s/S and no others. The rows share one cache, fed for a single one.
 */
export interface ScaledActivations {
  readonly graph: Graph;
  /** Blocks times S. */
  readonly rows: number;
  /** For each block the scaled activations, [rows, 1, m]: of the last of its own rows, the model's own. */
  readonly activations: readonly string[];
  /** Input int64 [rows, 1]: the token whose probability counts. */
  readonly targets: string;
  /** Input [rows, 1]: how much each counts. */
  readonly weights: string;
  /** Scalar: the weighted mean over the rows of -ln P. */
  readonly loss: string;
  /** [rows, 1]: -ln P of each. */
  readonly nll: string;
}

/** What block `block` multiplies its activations by in each row. */
const factorsOf = (block: number, steps: number, rows: number): readonly number[] =>
  Array.from({ length: rows }, (_, row) =>
    Math.floor(row / steps) === block ? ((row % steps) + 1) / steps : 1,
  );

/** Lets every row read the one cache that is fed. */
const shareCache = (graph: Graph, model: PreparedModel, rows: number): Result<Graph> => {
  const factors = cacheShape(model, 1, 1).map((_, axis) => (axis === cacheRowAxis(model) ? rows : 1));
  let shared = graph;
  for (const { past } of cacheTensors(model)) {
    const expanded = interceptTensor(shared, past, (b) => b.op("Expand", [past, b.ints(factors)]));
    if (!expanded.ok) return expanded;
    shared = expanded.value;
  }
  return ok(shared);
};

/** Makes the rows and the loss, of `steps` steps, in a graph without patch inputs. Errors: those of `findDecoder`. */
export const scaleActivations = (
  model: PreparedModel,
  bare: Graph,
  steps: number,
): Result<ScaledActivations> => {
  const decoder = findDecoder(bare);
  if (!decoder.ok) return decoder;
  const { logits } = model.io;
  const rows = decoder.value.blocks.length * steps;
  const shared = shareCache(
    { ...bare, outputs: bare.outputs.filter(({ name }) => name === logits) },
    model,
    rows,
  );
  if (!shared.ok) return shared;
  let graph = shared.value;
  const activations: string[] = [];
  for (const [block, { feedForward }] of decoder.value.blocks.entries()) {
    const { input } = feedForward.down;
    const scaled = interceptTensor(graph, input, (b) => {
      const factors = b.floats(factorsOf(block, steps, rows), [rows, 1, 1]);
      activations.push(b.op("Mul", [input, factors]));
      return activations.at(-1)!;
    });
    if (!scaled.ok) return scaled;
    graph = scaled.value;
  }
  const { negativeLogLikelihoods: nll, ...scored } = addTargetLoss(graph, logits);
  return ok({ ...scored, rows, activations, nll });
};
