import type { Graph } from "../../../src/onnx/graph.ts";
import { createRandom } from "../../../src/optim/random.ts";

/** A graph under other names, and which name became which. */
export interface Renamed {
  readonly graph: Graph;
  readonly names: ReadonlyMap<string, string>;
}

/** Renames every tensor and every node of `graph` at random; nothing else changes, the order least of all. */
export const renameGraph = (graph: Graph, seed: number): Renamed => {
  const uniform = createRandom(seed);
  const names = new Map<string, string>([["", ""]]);
  const taken = new Set<string>();
  const draw = (): string => {
    const name = Math.floor(uniform() * 36 ** 8).toString(36);
    if (taken.has(name)) return draw();
    taken.add(name);
    return name;
  };
  const rename = (name: string): string => {
    if (!names.has(name)) names.set(name, draw());
    return names.get(name)!;
  };
  return {
    names,
    graph: {
      ...graph,
      name: draw(),
      inputs: graph.inputs.map((input) => ({ ...input, name: rename(input.name) })),
      outputs: graph.outputs.map((output) => ({ ...output, name: rename(output.name) })),
      initializers: new Map([...graph.initializers].map(([name, value]) => [rename(name), value])),
      nodes: graph.nodes.map((node) => ({
        ...node,
        name: draw(),
        inputs: node.inputs.map(rename),
        outputs: node.outputs.map(rename),
      })),
    },
  };
};

/** Properties of a structure that hold words of ours, not names of the graph's (an exporter may name a tensor "silu"). */
const WORDS: ReadonlySet<string> = new Set(["activation", "kind", "orientation"]);

/** `value` with every string that is a key of `names` replaced, at any depth, words aside. */
export const withNames = (value: unknown, names: ReadonlyMap<string, string>): unknown => {
  if (typeof value === "string") return names.get(value) ?? value;
  if (Array.isArray(value)) return value.map((item) => withNames(item, names));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries.map(([key, item]) => [key, WORDS.has(key) ? item : withNames(item, names)]),
  );
};
