import { type GraphIndex } from "../graph-index.ts";
import type { Activation } from "./decoder-structure.ts";
/** What lies between an FFN's down-projection and its other linear layers; tensors are their outputs. */
export interface ActivationMatch {
    readonly activation: Activation;
    readonly up: string;
    readonly gate: string | null;
}
/** The activation that makes `tensor` out of one linear layer's output, or of two where one gates the other. */
export declare const matchActivation: (index: GraphIndex, tensor: string) => ActivationMatch | string;
