import { type Graph } from "../graph.ts";
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
export declare const addTargetLoss: (graph: Graph, logits: string) => TargetLossGraph;
