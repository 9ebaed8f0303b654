import type { Node } from "../graph.ts";
import { type GraphIndex } from "../graph-index.ts";
import type { LinearLayer } from "./decoder-structure.ts";
/** A linear layer, with the tensor its multiplication receives. */
export interface LinearMatch {
    readonly layer: LinearLayer;
    /** First operand of the MatMul or Gemm, as it stands: flattened where the exporter flattens. */
    readonly operand: string;
    /** The MatMul or Gemm. */
    readonly multiplication: Node;
}
/** The linear layer whose last operation writes `tensor`: MatMul, MatMul and Add, or Gemm with a constant weight. */
export declare const linearWriting: (index: GraphIndex, tensor: string) => LinearMatch | undefined;
/** The linear layer that `tensor` is the output of, seen through reshapes; its `output` is `tensor` itself. */
export declare const matchLinear: (index: GraphIndex, tensor: string) => LinearMatch | undefined;
