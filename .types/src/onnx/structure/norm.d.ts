import { type GraphIndex } from "../graph-index.ts";
import type { Norm } from "./decoder-structure.ts";
/** The norm whose result is `tensor`: LayerNormalization or RMS norm, as one operation or decomposed. */
export declare const matchNorm: (index: GraphIndex, tensor: string) => Norm | undefined;
