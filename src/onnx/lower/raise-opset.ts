import { type Problem, problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { cloneGraph, type Graph, int64Initializer, type Node } from "../graph.ts";
import { GraphBuilder } from "../graph-builder.ts";
import { GraphIndex } from "../graph-index.ts";
import { PartialShapes } from "../infer/partial-shapes.ts";
import { intAttribute, intsAttribute, normalizeAxis } from "../node-attributes.ts";

/** Oldest opset that is raised, and the one from which on no operator of a decoder changed its form. */
const OLDEST_OPSET = 11;
const SETTLED_OPSET = 13;

/** Opset that graphs are raised to: the first that has every standard operator which lowering writes. */
export const RAISED_OPSET = 17;

/** Attributes that became inputs, by operator: the input's place is 1. */
const BECAME_INPUTS: Readonly<Record<string, string>> = {
  Squeeze: "axes",
  Unsqueeze: "axes",
  ReduceSum: "axes",
  Split: "split",
};

/** Operators whose axis stood for all axes from it on, and which default to another one now. */
const FLATTENING = new Set(["Softmax", "LogSoftmax", "Hardmax"]);

const attributeToInput = (node: Node, builder: GraphBuilder): void => {
  const name = BECAME_INPUTS[node.op];
  const values = name === undefined ? undefined : intsAttribute(node, name);
  if (values === undefined) return;
  node.attributes.delete(name!);
  node.inputs = [
    node.inputs[0]!,
    builder.constant(int64Initializer([values.length], values), `${node.outputs[0]}.${name}`),
  ];
};

const unraisable = (node: Node): Problem =>
  problem(
    "unsupported_graph",
    `${node.op} at node "${node.name}" works over several axes, as it did before opset ${SETTLED_OPSET}. Export the model again with opset ${RAISED_OPSET} or later.`,
    { detail: { operator: node.op, node: node.name } },
  );

const tooOld = (opset: number): Problem =>
  problem(
    "unsupported_graph",
    `The graph imports opset ${opset}; ${OLDEST_OPSET} is the oldest that can be read. Export the model again with opset ${RAISED_OPSET} or later.`,
  );

/**
 * `graph` with operators in the form that they have since opset 17; the graph itself where it imports that or a later
 * one. Fails with `unsupported_graph` where an operator has no such form.
 */
export const raiseOpset = (graph: Graph): Result<Graph> => {
  const opset = graph.opsets.get("") ?? 0;
  if (opset < OLDEST_OPSET) return fail(tooOld(opset));
  if (opset >= RAISED_OPSET) return ok(graph);
  const copy = cloneGraph(graph);
  copy.opsets.set("", RAISED_OPSET);
  if (opset >= SETTLED_OPSET) return ok(copy);
  const shapes = new PartialShapes(new GraphIndex(graph));
  const builder = new GraphBuilder(copy);
  for (const node of copy.nodes) {
    if (node.domain !== "") continue;
    attributeToInput(node, builder);
    if (!FLATTENING.has(node.op)) continue;
    const rank = shapes.rank(node.inputs[0]!);
    const axis = intAttribute(node, "axis", 1);
    if (axis !== -1 && (rank === undefined || normalizeAxis(axis, rank) !== rank - 1))
      return fail(unraisable(node));
    node.attributes.set("axis", { kind: "int", value: -1 });
  }
  return ok(copy);
};
