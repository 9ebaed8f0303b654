import { getOrInsert } from "../core/get-or-insert.ts";
import { ok, type Result } from "../core/result.ts";
import { findDecoder } from "./find-decoder.ts";
import type { Graph } from "./graph.ts";
import { lowerGraph } from "./lower/lower-graph.ts";
import { removePatchInputs } from "./remove-patch-inputs.ts";
import type { DecoderStructure } from "./structure/decoder-structure.ts";

/** A decoder's graph in the two forms that editing reads it in, both without patch inputs, and its structure. */
export interface OpenDecoder {
  /** As it is served, with its fused and quantised operators: what states are read from. */
  readonly served: Graph;
  /** In standard operators and single precision: what weights are read from, and what has gradients. */
  readonly lowered: Graph;
  /** Of the lowered graph; the served one has its tensors too, at most inside of a node (see `revealTensors`). */
  readonly structure: DecoderStructure;
}

const opened = new WeakMap<Graph, Result<OpenDecoder>>();

const open = (graph: Graph): Result<OpenDecoder> => {
  const served = removePatchInputs(graph);
  const lowered = lowerGraph(served);
  if (!lowered.ok) return lowered;
  const structure = findDecoder(lowered.value);
  return structure.ok ? ok({ served, lowered: lowered.value, structure: structure.value }) : structure;
};

/**
 * Opens `graph`, with patch inputs or without, once; it must not be changed afterwards. Errors: those of `lowerGraph`
 * and `findDecoder`.
 */
export const openDecoder = (graph: Graph): Result<OpenDecoder> =>
  getOrInsert(opened, graph, () => open(graph));
