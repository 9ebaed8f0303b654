import type { Node } from "../graph.ts";
import type { GraphIndex } from "../graph-index.ts";

/** Operations a walk may pass, each with the inputs it follows: the data alone, or every operand. */
export type Passable = ReadonlyMap<string, "first" | "all">;

const passable = (first: readonly string[], all: readonly string[]): Passable =>
  new Map([...first.map((op) => [op, "first"] as const), ...all.map((op) => [op, "all"] as const)]);

const MOVES = [
  "Cast",
  "Dropout",
  "Expand",
  "Flatten",
  "Gather",
  "Identity",
  "Reshape",
  "Slice",
  "Split",
  "Squeeze",
  "Tile",
  "Transpose",
  "Unsqueeze",
];

/** What only moves elements about. */
export const MOVEMENT: Passable = passable(MOVES, ["Concat"]);

/** Norms that are one operation. */
const NORMS = ["LayerNormalization", "RMSNormalization", "SimplifiedLayerNormalization"];

/** Movement, and the arithmetic of rotary positions, scaling, capping, masking, and norms of queries and keys. */
export const ARITHMETIC: Passable = passable(
  [...MOVES, ...NORMS, "Tanh"],
  ["Add", "Concat", "Div", "Mul", "Neg", "Sub", "Where"],
);

/** Every tensor met on the way back from `start` through passable operations, depth first; `stop` ends a path. */
export const walkBack = (
  index: GraphIndex,
  start: string,
  pass: Passable,
  stop: (tensor: string, node: Node | undefined) => boolean,
): Set<string> => {
  const visited = new Set<string>();
  const pending = [start];
  for (let tensor = pending.pop(); tensor !== undefined; tensor = pending.pop()) {
    if (visited.has(tensor)) continue;
    visited.add(tensor);
    const node = index.producer(tensor);
    if (stop(tensor, node) || !node) continue;
    const follow = pass.get(node.op);
    if (follow === "first") pending.push(node.inputs[0]!);
    if (follow === "all") pending.push(...[...node.inputs].reverse());
  }
  return visited;
};

/** The first node on the way back from `start` for which `wanted` holds. */
export const findBack = (
  index: GraphIndex,
  start: string,
  pass: Passable,
  wanted: (node: Node) => boolean,
): Node | undefined => {
  const stop = (_: string, node: Node | undefined) => node !== undefined && wanted(node);
  for (const tensor of walkBack(index, start, pass, stop)) {
    const node = index.producer(tensor);
    if (node && wanted(node)) return node;
  }
  return undefined;
};

/** Every tensor whose values `tensors` depend on; what is read for its shape alone does not count. */
export const ancestors = (
  index: GraphIndex,
  tensors: readonly string[],
  stop: (node: Node) => boolean = () => false,
): Set<string> => {
  const visited = new Set<string>();
  const pending = [...tensors];
  for (let tensor = pending.pop(); tensor !== undefined; tensor = pending.pop()) {
    if (visited.has(tensor)) continue;
    visited.add(tensor);
    const node = index.producer(tensor);
    if (node && node.op !== "Shape" && !stop(node)) pending.push(...node.inputs);
  }
  return visited;
};
