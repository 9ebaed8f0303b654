import { cloneGraph, type Graph, type Node } from "../graph.ts";
import { GraphBuilder } from "../graph-builder.ts";
import { GraphIndex } from "../graph-index.ts";
import { elementTypeOf } from "../infer/element-type.ts";
import { PartialShapes } from "../infer/partial-shapes.ts";
import { innerName, LoweringEmitter } from "./lowering-emitter.ts";
import { loweringOf } from "./lowerings.ts";

/** Tensors of a lowered graph that a graph with fused nodes must have as well. */
export interface WantedTensors {
  /** Those that are read. */
  readonly read: readonly string[];
  /** Those in whose place others are put: no node may read them and not be told. */
  readonly replaced: readonly string[];
}

const hasTensor = (graph: Graph, tensor: string): boolean =>
  graph.initializers.has(tensor) ||
  graph.inputs.some(({ name }) => name === tensor) ||
  graph.nodes.some(({ outputs }) => outputs.includes(tensor));

/** What `node` is written as one step down. */
const lowerOnce = (graph: Graph, node: Node): Graph => {
  const index = new GraphIndex(graph);
  const half = elementTypeOf(index, node.inputs[0]!) === "float16";
  const scratch = cloneGraph(graph);
  const builder = new GraphBuilder(scratch);
  scratch.nodes = [];
  const emitter = new LoweringEmitter(builder, node, { half });
  loweringOf(node)!.lower({ node, index, shapes: new PartialShapes(index) }, emitter);
  const place = graph.nodes.indexOf(node);
  return { ...scratch, nodes: graph.nodes.toSpliced(place, 1, ...scratch.nodes) };
};

/** The fused node that `tensor` is inside of. */
const hostOf = (graph: Graph, tensor: string): Node => {
  const host = graph.nodes.find(
    (node) => loweringOf(node) && tensor.startsWith(innerName(node.outputs.find((name) => name !== "")!, "")),
  );
  if (!host) throw new Error(`no node of graph "${graph.name}" holds tensor "${tensor}"`);
  return host;
};

/** `graph` with `tensor` as an optional output of its host; undefined where the host has none for it. */
const handOut = (graph: Graph, host: Node, tensor: string): Graph | undefined => {
  const exposed = loweringOf(host)?.exposes;
  if (!exposed || tensor !== innerName(host.outputs[0]!, exposed.hint)) return undefined;
  const outputs = Array.from({ length: exposed.place + 1 }, (_, place) => host.outputs[place] ?? "");
  outputs[exposed.place] = tensor;
  return { ...graph, nodes: graph.nodes.map((node) => (node === host ? { ...node, outputs } : node)) };
};

const reveal = (graph: Graph, tensor: string, replaced: boolean): Graph => {
  let revealed = graph;
  while (!hasTensor(revealed, tensor)) {
    const host = hostOf(revealed, tensor);
    revealed = (replaced ? undefined : handOut(revealed, host, tensor)) ?? lowerOnce(revealed, host);
  }
  return revealed;
};

/** The fused node that writes `tensor` and goes on to use it inside. */
const innerReader = (graph: Graph, tensor: string): Node | undefined => {
  const writer = graph.nodes.find(({ outputs }) => outputs.includes(tensor));
  if (!writer || !loweringOf(writer)?.exposes) return undefined;
  const { nodes } = lowerOnce(graph, writer);
  const before = new Set(graph.nodes);
  return nodes.some((node) => !before.has(node) && node.inputs.includes(tensor)) ? writer : undefined;
};

/**
 * `graph`, served with its fused nodes, in which the wanted tensors of its lowered form stand between nodes. As few
 * nodes as can be are lowered for it, by one step where that is enough: a residual sum and its norm come apart, and
 * the norm stays one operation. The graph itself where nothing is missing.
 */
export const revealTensors = (graph: Graph, { read, replaced }: WantedTensors): Graph => {
  const shown = read.reduce((current, tensor) => reveal(current, tensor, false), graph);
  return replaced.reduce((current, tensor) => {
    const revealed = reveal(current, tensor, true);
    const reader = innerReader(revealed, tensor);
    return reader ? lowerOnce(revealed, reader) : revealed;
  }, shown);
};
