import { cloneGraph, type Graph, type ValueInfo } from "../graph.ts";
import { GraphBuilder } from "../graph-builder.ts";
import { GraphIndex, SAME_ELEMENTS } from "../graph-index.ts";
import { intAttribute } from "../node-attributes.ts";
import { graphUpTo } from "./graph-up-to.ts";

/** Axes of the tokens [batch, T], which are the first ones of every stream [batch, T, d]. */
const TOKEN_AXES = 2;

/**
 * Reads the shape of the tokens off `stream`, wherever the graph reads it off the tokens themselves: GPT-2 as
 * transformers exports it shapes its last norm's output by them.
 */
const shapeByStream = (graph: Graph, tokens: string, stream: string): void => {
  const index = new GraphIndex(graph);
  // Of the tokens, or of the same seen as rows of one length, which exporters write to be sure.
  const shapes = graph.nodes.filter(
    ({ op, inputs }) => op === "Shape" && index.peel(inputs[0]!, SAME_ELEMENTS) === tokens,
  );
  if (shapes.length === 0) return;
  const others = graph.nodes.filter((node) => !shapes.includes(node));
  graph.nodes = [];
  const builder = new GraphBuilder(graph, `${stream}.shape`);
  const whole = builder.op("Shape", [stream]);
  for (const node of shapes) {
    const end = Math.min(TOKEN_AXES, intAttribute(node, "end", TOKEN_AXES));
    const bounds = [intAttribute(node, "start", 0), end < 0 ? end + TOKEN_AXES : end];
    builder.op("Slice", [whole, ...bounds.map((bound) => builder.ints([bound]))], {}, node.outputs[0]!);
  }
  graph.nodes.push(...others);
};

/**
 * A copy of `graph` in which `input.name` is fed instead of computed, with all of the graph's outputs, or those named by
 * `outputs`. What only served to compute it is gone, inputs included. This is how editing starts a forward pass in the
 * middle of a model.
 *
 * @param tokens the graph's input of tokens [batch, T], where what is fed is a stream [batch, T, d] over them
 */
export const cutGraphAt = (
  graph: Graph,
  input: ValueInfo,
  outputs?: readonly string[],
  tokens?: string,
): Graph => {
  const copy = cloneGraph(graph);
  for (const node of copy.nodes)
    node.outputs = node.outputs.map((name) => (name === input.name ? `${name}.computed` : name));
  copy.inputs.push(input);
  if (tokens !== undefined) shapeByStream(copy, tokens, input.name);
  return graphUpTo(
    copy,
    copy.outputs.filter(({ name }) => outputs?.includes(name) ?? true),
  );
};
