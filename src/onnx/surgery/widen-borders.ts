import { elementTypeToProto } from "../element-types.ts";
import { cloneGraph, type ElementType, type Graph, type ValueInfo } from "../graph.ts";
import { GraphBuilder } from "../graph-builder.ts";

/** Types that do not cross a served graph's borders, with those that they are cast to there. */
const WIDENED: Partial<Record<ElementType, ElementType>> = { int32: "int64", float16: "float32" };

const widened = (info: ValueInfo): ValueInfo => ({ ...info, type: WIDENED[info.type] ?? info.type });

/** Casts an input to what the graph computed with before, in place; readers of it read the cast. */
const castInput = (graph: Graph, { name, type }: ValueInfo): void => {
  const builder = new GraphBuilder(graph);
  const readers = [...graph.nodes];
  const cast = builder.op("Cast", [name], { to: elementTypeToProto(type) }, builder.fresh(`${name}.${type}`));
  for (const node of readers) node.inputs = node.inputs.map((input) => (input === name ? cast : input));
  graph.nodes.unshift(graph.nodes.pop()!);
};

/** Casts what the graph hands out as `name`, in place; its nodes go on with what they had. */
const castOutput = (graph: Graph, { name, type }: ValueInfo): void => {
  const builder = new GraphBuilder(graph);
  const inner = builder.fresh(`${name}.${type}`);
  const rename = (tensor: string) => (tensor === name ? inner : tensor);
  for (const node of graph.nodes) {
    node.inputs = node.inputs.map(rename);
    node.outputs = node.outputs.map(rename);
  }
  builder.op("Cast", [inner], { to: elementTypeToProto(WIDENED[type]!) }, name);
};

/**
 * A copy of `graph` that takes and gives int64 where it had int32, and float32 where it had float16, with a cast at the
 * border; whoever serves it feeds every model alike. Inputs that nothing reads are gone. The graph itself where there
 * is nothing to do.
 */
export const widenBorders = (graph: Graph): Graph => {
  const read = new Set(graph.nodes.flatMap(({ inputs }) => inputs));
  const inputs = graph.inputs.filter(({ name }) => read.has(name));
  const isNarrow = ({ type }: ValueInfo) => WIDENED[type] !== undefined;
  const [narrowInputs, narrowOutputs] = [inputs.filter(isNarrow), graph.outputs.filter(isNarrow)];
  if (inputs.length === graph.inputs.length && narrowInputs.length + narrowOutputs.length === 0) return graph;
  const copy = cloneGraph(graph);
  copy.inputs = inputs.map(widened);
  copy.outputs = copy.outputs.map(widened);
  for (const input of narrowInputs) castInput(copy, input);
  for (const output of narrowOutputs) castOutput(copy, output);
  return copy;
};
