import type { NeuronsHook } from "../../core/model/prepared-model.ts";
import type { Graph, ValueInfo } from "../graph.ts";
import type { Activation, FeedForward } from "../structure/decoder-structure.ts";
/**
 * Adds `act(xK + b)V` to what an FFN returns, at every position, x being the FFN's input; from the graph inputs
 * `patch.{layer}.neurons.K` [d, n], `.b` [n] and `.V` [n, d]. The input is an output, for all keys to be compared with:
 * only neurons that fire need to run in the graph.
 *
 * @param shape [batch, T, d], as `exposeState` takes it
 */
export declare const addNeuronsHook: (graph: Graph, feedForward: FeedForward, layer: number, activation: Activation, shape: ValueInfo["shape"]) => NeuronsHook;
