import { cloneGraph, type Graph } from "../graph.ts";
import { GraphBuilder } from "../graph-builder.ts";

/** A graph with a loss over target tokens. */
export interface TargetLossGraph {
  readonly graph: Graph;
  /** int64 input [batch, T]: the token that position t should predict, that is, token t + 1 of the text. */
  readonly targets: string;
  /** float32 input [batch, T]: how much each position counts; 0 ignores it, whatever its target (which must be a token). */
  readonly weights: string;
  /** float32 scalar: Σ w · −ln p(target) / Σ w, in nats. */
  readonly loss: string;
  /** float32 [batch, T]: −ln p(target) of each position, unweighted. */
  readonly negativeLogLikelihoods: string;
}

/**
 * A copy of `graph` with the weighted mean negative log-likelihood of target tokens after `logits`
 * [batch, T, vocabulary]: the next-token loss of training with weights 1 and 0, and an editor's loss with weights on
 * the target's positions only. At least one weight must be above 0.
 */
export const addTargetLoss = (graph: Graph, logits: string): TargetLossGraph => {
  const copy = cloneGraph(graph);
  const builder = new GraphBuilder(copy, "loss");
  const targets = builder.input(builder.fresh("target_ids"), "int64", ["batch", "sequence"]);
  const weights = builder.input(builder.fresh("target_weights"), "float32", ["batch", "sequence"]);
  const lastAxis = builder.ints([-1]);
  const logProbabilities = builder.op("LogSoftmax", [logits], { axis: -1 });
  const picked = builder.op(
    "GatherElements",
    [logProbabilities, builder.op("Unsqueeze", [targets, lastAxis])],
    {
      axis: -1,
    },
  );
  const negativeLogLikelihoods = builder.op("Neg", [builder.op("Squeeze", [picked, lastAxis])]);
  const weighted = builder.op("Mul", [negativeLogLikelihoods, weights]);
  const sum = (tensor: string) => builder.op("ReduceSum", [tensor], { keepdims: 0 });
  const loss = builder.op("Div", [sum(weighted), sum(weights)]);
  return { graph: copy, targets, weights, loss, negativeLogLikelihoods };
};
