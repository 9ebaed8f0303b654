import { ok, type Result } from "../../core/result.ts";
import { findDecoder } from "../../onnx/find-decoder.ts";
import type { Graph } from "../../onnx/graph.ts";
import type { DecoderStructure } from "../../onnx/structure/decoder-structure.ts";
import { liftConstants } from "../../onnx/surgery/lift-constants.ts";
import { readGraph } from "../directories/read-graph.ts";

/** An exported decoder: its graph, and the structure found in it. */
export interface ExportedDecoder {
  readonly graph: Graph;
  readonly structure: DecoderStructure;
}

/** Reads an exported decoder. Errors: those of `readGraph` and `findDecoder`. */
export const readDecoder = async (path: string): Promise<Result<ExportedDecoder>> => {
  const graph = await readGraph(path);
  if (!graph.ok) return graph;
  const structure = findDecoder(liftConstants(graph.value));
  return structure.ok ? ok({ graph: graph.value, structure: structure.value }) : structure;
};
