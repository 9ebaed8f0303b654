import type { NeuronsPatch } from "./patch.ts";
/** Neurons of several patches as one FFN takes them. */
export interface JoinedNeurons {
    /** [d, n] */ readonly K: Float32Array;
    /** [n] */ readonly b: Float32Array;
    /** [n, d] */ readonly V: Float32Array;
    /** n */ readonly size: number;
}
/** Number of neurons of a patch. */
export declare const neuronsOf: ({ tensors }: NeuronsPatch) => number;
/** The neurons of at least one patch on one layer, side by side in the order given. */
export declare const joinNeurons: (patches: readonly NeuronsPatch[]) => JoinedNeurons;
