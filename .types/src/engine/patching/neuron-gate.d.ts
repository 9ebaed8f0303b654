import type { BackendTensor, Tensors } from "../backends/backend.ts";
import { type BoundNeurons } from "../runner/bind-patches.ts";
import type { Runner } from "../runner/runner.ts";
import type { PatchEffects } from "./patch-effects.ts";
/**
 * Which of a layer's neurons run in the graph, for one sequence: those of every patch of which one has fired. The
 * others are compared with the FFN's input outside of it, since a silent neuron adds exactly nothing, and their keys
 * and values need not be copied into every run.
 */
export declare class NeuronGate {
    #private;
    constructor(bound: BoundNeurons, runner: Runner);
    /**
     * Compares every position of a run by its `states` [1, T, d], lets in the patches that fired, and notes them as
     * such. Returns the first position at which one fired that did not run in the graph yet, null where there is none.
     */
    consult({ data, dims }: BackendTensor, effects: PatchEffects): number | null;
    /** Graph inputs: the neurons let in so far, in the order of the set; null where there are none. */
    feeds(): Tensors | null;
}
