import { type Result } from "../core/result.ts";
import type { Graph } from "./graph.ts";
import type { DecoderStructure } from "./structure/decoder-structure.ts";
/**
 * Finds the structure of a pre-norm decoder by the pattern of its operations; names play no part. Knows the graphs
 * of `torch.onnx.export` (both exporters) and of this project's own builder, with and without a key-value cache.
 * Fails with `unsupported_graph`, which says what pattern was not found where.
 */
export declare const findDecoder: (graph: Graph) => Result<DecoderStructure>;
