import type { Node } from "../graph.ts";
import { type GraphCheck, listed } from "./graph-check.ts";

/** Nodes that wait for each other. */
export const checkCycles: GraphCheck = ({ nodes }) => {
  const maker = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  // The name of outputs and inputs that are left out.
  maker.delete("");
  const waiting = new Map<Node, Set<Node>>(
    nodes.map((node) => [
      node,
      new Set(node.inputs.map((name) => maker.get(name)).filter((by) => by !== undefined)),
    ]),
  );
  const readers = new Map<Node, Node[]>(nodes.map((node) => [node, []]));
  for (const [node, makers] of waiting) for (const by of makers) readers.get(by)!.push(node);
  const ready = nodes.filter((node) => waiting.get(node)!.size === 0);
  for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
    for (const reader of readers.get(node)!) {
      const left = waiting.get(reader)!;
      left.delete(node);
      if (left.size === 0) ready.push(reader);
    }
    waiting.delete(node);
  }
  if (waiting.size === 0) return [];
  const names = [...waiting.keys()].map(({ name, op, outputs }) => name || `${op} of ${outputs[0]}`);
  return [`The graph runs in a circle: ${listed(names)} wait for each other.`];
};
