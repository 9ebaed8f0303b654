import { cloneGraph, type Graph, type Node, type ValueInfo } from "../graph.ts";
import { GraphBuilder } from "../graph-builder.ts";
import { GraphIndex, SAME_ELEMENTS, SAME_VALUE } from "../graph-index.ts";
import { intAttribute } from "../node-attributes.ts";
import type { SameTokens } from "../structure/same-tokens.ts";
import { graphUpTo } from "./graph-up-to.ts";

/** Of the tokens, or of the same seen as rows of one length, which exporters write to be sure. */
const isShapeOfTokens = ({ op, inputs }: Node, index: GraphIndex, tokens: string): boolean =>
  op === "Shape" && index.peel(inputs[0]!, SAME_ELEMENTS) === tokens;

const isShapeOfStream = ({ op, inputs }: Node, index: GraphIndex, streams: readonly string[]): boolean =>
  op === "Shape" && streams.includes(index.peel(inputs[0]!, SAME_VALUE));

/**
 * Reads shapes off `stream`, wherever the graph reads them off the tokens or an earlier stream: GPT-2 as transformers
 * exports it shapes its last norm's output by them.
 */
const shapeByStream = (graph: Graph, { tokens, streams }: SameTokens, stream: string): void => {
  const index = new GraphIndex(graph);
  const ranks = graph.nodes.flatMap((node) => {
    if (isShapeOfTokens(node, index, tokens)) return [{ node, rank: 2 }];
    return isShapeOfStream(node, index, streams) ? [{ node, rank: 3 }] : [];
  });
  if (ranks.length === 0) return;
  const shapes = new Set(ranks.map(({ node }) => node));
  const others = graph.nodes.filter((node) => !shapes.has(node));
  graph.nodes = [];
  const builder = new GraphBuilder(graph, `${stream}.shape`);
  const whole = builder.op("Shape", [stream]);
  for (const { node, rank } of ranks) {
    const end = Math.min(rank, intAttribute(node, "end", rank));
    const bounds = [intAttribute(node, "start", 0), end].map((bound) => (bound < 0 ? bound + rank : bound));
    builder.op("Slice", [whole, ...bounds.map((bound) => builder.ints([bound]))], {}, node.outputs[0]!);
  }
  graph.nodes.push(...others);
};

/**
 * A copy of `graph` in which `input.name` is fed instead of computed, with all of the graph's outputs, or those named by
 * `outputs`. What only served to compute it is gone, inputs included. This is how editing starts a forward pass in the
 * middle of a model.
 *
 * @param same where what is fed is a stream [batch, T, d]: what has its first axes, and is read for its shape
 */
export const cutGraphAt = (
  graph: Graph,
  input: ValueInfo,
  outputs?: readonly string[],
  same?: SameTokens,
): Graph => {
  const copy = cloneGraph(graph);
  for (const node of copy.nodes)
    node.outputs = node.outputs.map((name) => (name === input.name ? `${name}.computed` : name));
  copy.inputs.push(input);
  if (same !== undefined) shapeByStream(copy, same, input.name);
  return graphUpTo(
    copy,
    copy.outputs.filter(({ name }) => outputs?.includes(name) ?? true),
  );
};
