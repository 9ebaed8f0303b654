import { type Result } from "../core/result.ts";
import { type Graph } from "./graph.ts";
/** Hands over the bytes of an external data file named by the model; undefined where there is none. */
export type ExternalData = (location: string) => Uint8Array | undefined;
/**
 * Reads an `.onnx` file; `external` hands over its data files by name. Initializers are views into the bytes
 * given. Fails with `malformed_model` or `unsupported_graph`.
 */
export declare const readModel: (bytes: Uint8Array, external?: ExternalData) => Result<Graph>;
