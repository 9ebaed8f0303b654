import { cloneGraph, type Graph, type Node } from "./graph.ts";
import { pruneGraph } from "./surgery/prune-graph.ts";

/** Every tensor that a hook declares begins with this. */
export const PATCH_PREFIX = "patch.";

/** How the neurons hook names the keys that it multiplies the FFN's input with. */
export const NEURON_KEYS_SUFFIX = ".neurons.K";

/** Where a hook joins the model: the model's own operand of a node whose other operand comes from patches. */
const modelOperand = (node: Node, patched: ReadonlySet<string>, graph: Graph): string | undefined => {
  const own = node.inputs.filter((input) => !patched.has(input) && !graph.initializers.has(input));
  const joins = node.op === "Add" || (node.op === "Where" && patched.has(node.inputs[0]!));
  return joins && own.length === 1 ? own[0] : undefined;
};

/** The model's own tensor that serving compares patches with, where `node` reads one: hooks made it an output. */
const exposedState = (node: Node, operand: string | undefined): string | undefined =>
  node.op === "MatMul" &&
  node.inputs[1]!.startsWith(PATCH_PREFIX) &&
  node.inputs[1]!.endsWith(NEURON_KEYS_SUFFIX)
    ? node.inputs[0]
    : node.op === "Where"
      ? operand
      : undefined;

/**
 * A copy of an instrumented graph without its hooks: the graph as it was before patch inputs were added, for methods
 * that read its structure and its weights. A graph without patch inputs comes back as it is.
 */
export const removePatchInputs = (graph: Graph): Graph => {
  const copy = cloneGraph(graph);
  const isPatch = ({ name }: { readonly name: string }) => name.startsWith(PATCH_PREFIX);
  const patched = new Set(copy.inputs.filter(isPatch).map(({ name }) => name));
  const own = new Map<string, string>();
  const states = new Set<string | undefined>();
  for (const node of copy.nodes) {
    node.inputs = node.inputs.map((input) => own.get(input) ?? input);
    if (!node.inputs.some((input) => patched.has(input))) continue;
    const operand = modelOperand(node, patched, copy);
    if (operand === undefined) for (const output of node.outputs) patched.add(output);
    else own.set(node.outputs[0]!, operand);
    states.add(exposedState(node, operand));
  }
  copy.inputs = copy.inputs.filter((input) => !isPatch(input));
  copy.outputs = copy.outputs.filter((output) => !isPatch(output) && !states.has(output.name));
  pruneGraph(copy);
  return copy;
};
