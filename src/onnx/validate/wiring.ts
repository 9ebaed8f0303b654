import type { GraphCheck } from "./graph-check.ts";
import { listed } from "./graph-check.ts";

/** Tensors that are read and that nothing makes, and tensors that are made twice. */
export const checkWiring: GraphCheck = ({ inputs, outputs, nodes, initializers }) => {
  const made = [...inputs.map(({ name }) => name), ...initializers.keys()];
  made.push(...nodes.flatMap((node) => node.outputs.filter((name) => name !== "")));
  const known = new Set(made);
  const read = [...nodes.flatMap((node) => node.inputs), ...outputs.map(({ name }) => name)];
  const missing = [...new Set(read.filter((name) => name !== "" && !known.has(name)))];
  const seen = new Set<string>();
  const twice = new Set(made.filter((name) => seen.size === seen.add(name).size));
  return [
    ...(missing.length > 0 ? [`Nothing makes ${listed(missing)}, which the graph reads.`] : []),
    ...(known.size < made.length ? [`${listed([...twice])} are made more than once.`] : []),
  ];
};
