import { type Graph } from "../graph.ts";
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
export declare const addDivergenceLoss: (graph: Graph, logits: string) => DivergenceLossGraph;
