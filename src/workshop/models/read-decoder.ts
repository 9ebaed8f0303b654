import { ok, type Result } from "../../core/result.ts";
import type { Graph } from "../../onnx/graph.ts";
import { servableDecoder } from "../../onnx/servable-decoder.ts";
import type { DecoderStructure } from "../../onnx/structure/decoder-structure.ts";
import { validateGraph } from "../../onnx/validate/validate-graph.ts";
import { readGraph } from "../directories/read-graph.ts";

/** An exported decoder: its graph, and the structure found in it. */
export interface ExportedDecoder {
  readonly graph: Graph;
  readonly structure: DecoderStructure;
}

/** Reads an exported decoder. Errors: those of `readGraph`, `validateGraph` and `servableDecoder`. */
export const readDecoder = async (path: string): Promise<Result<ExportedDecoder>> => {
  const graph = await readGraph(path);
  if (!graph.ok) return graph;
  const valid = validateGraph(graph.value);
  if (!valid.ok) return valid;
  const decoder = servableDecoder(graph.value);
  return decoder.ok ? ok({ graph: graph.value, structure: decoder.value.structure }) : decoder;
};
