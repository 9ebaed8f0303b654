import { problem } from "../core/problem.ts";
import { fail, ok, type Result } from "../core/result.ts";
import { findDecoder } from "./find-decoder.ts";
import type { Graph } from "./graph.ts";
import { lowerGraph } from "./lower/lower-graph.ts";
import { raiseOpset } from "./lower/raise-opset.ts";
import type { DecoderStructure } from "./structure/decoder-structure.ts";
import { liftConstants } from "./surgery/lift-constants.ts";
import { widenBorders } from "./surgery/widen-borders.ts";

/** A decoder as it is served, and what was found of it. */
export interface ServableDecoder {
  /** The export's graph with its fused operators; what goes in and comes out is int64 and float32. */
  readonly graph: Graph;
  /** Found in the lowered graph; a tensor of it may be inside of one of the graph's nodes (see `revealTensors`). */
  readonly structure: DecoderStructure;
}

/** Inputs that the structure gives no part to: nobody would know what to feed. */
const unknownInputs = ({ inputs }: Graph, { io, blocks }: DecoderStructure): readonly string[] => {
  const cache = blocks.flatMap(({ cache }) => (cache ? [cache.pastKey, cache.pastValue] : []));
  const known = new Set([io.inputIds, io.attentionMask, io.positionIds, ...cache]);
  return inputs.map(({ name }) => name).filter((name) => !known.has(name));
};

/**
 * Makes an exported graph one that can be served, and finds its structure. Errors: those of `lowerGraph` and
 * `findDecoder`; `unsupported_graph` on inputs that are no tokens, mask, positions or cache.
 */
export const servableDecoder = (exported: Graph): Result<ServableDecoder> => {
  const raised = raiseOpset(liftConstants(exported));
  if (!raised.ok) return raised;
  const graph = widenBorders(raised.value);
  const lowered = lowerGraph(graph);
  if (!lowered.ok) return lowered;
  const structure = findDecoder(lowered.value);
  if (!structure.ok) return structure;
  const unknown = unknownInputs(graph, structure.value);
  if (unknown.length > 0)
    return fail(
      problem(
        "unsupported_graph",
        `The graph takes inputs that are no tokens, mask, positions or cache: ${unknown.map((name) => `"${name}"`).join(", ")}. Export it for text generation.`,
      ),
    );
  return ok({ graph, structure: structure.value });
};
