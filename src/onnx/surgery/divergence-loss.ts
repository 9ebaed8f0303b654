import { cloneGraph, type Graph } from "../graph.ts";
import { GraphBuilder } from "../graph-builder.ts";

/** A graph with a loss that keeps its predictions near reference ones. */
export interface DivergenceLossGraph {
  readonly graph: Graph;
  /** float32 input [batch, T, vocabulary]: the reference's log-probabilities. */
  readonly reference: string;
  /** float32 input [batch, T]: how much each position counts; at least one must be above 0. */
  readonly weights: string;
  /** float32 scalar: Σ w · KL(p ‖ reference) / Σ w, in nats. */
  readonly loss: string;
  /** float32 [batch, T, vocabulary]: the graph's own log-probabilities. */
  readonly logProbabilities: string;
}

/**
 * A copy of `graph` with the weighted mean Kullback-Leibler divergence of its next-token distributions p from
 * reference ones, after `logits` [batch, T, vocabulary]: what ROME holds still at a neutral prompt about the subject.
 */
export const addDivergenceLoss = (graph: Graph, logits: string): DivergenceLossGraph => {
  const copy = cloneGraph(graph);
  const builder = new GraphBuilder(copy, "divergence");
  const reference = builder.input(builder.fresh("reference_log_probabilities"), "float32", [
    "batch",
    "sequence",
    "vocabulary",
  ]);
  const weights = builder.input(builder.fresh("divergence_weights"), "float32", ["batch", "sequence"]);
  const logProbabilities = builder.op("LogSoftmax", [logits], { axis: -1 });
  const gap = builder.op("Sub", [logProbabilities, reference]);
  const terms = builder.op("Mul", [builder.op("Exp", [logProbabilities]), gap]);
  const divergences = builder.op("ReduceSum", [terms, builder.ints([-1])], { keepdims: 0 });
  const sum = (tensor: string) => builder.op("ReduceSum", [tensor], { keepdims: 0 });
  const loss = builder.op("Div", [sum(builder.op("Mul", [divergences, weights])), sum(weights)]);
  return { graph: copy, reference, weights, loss, logProbabilities };
};
