import { type Problem, problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { cloneGraph, type Graph, type Node } from "../graph.ts";
import { GraphBuilder } from "../graph-builder.ts";
import { GraphIndex } from "../graph-index.ts";
import { elementTypeOf } from "../infer/element-type.ts";
import { PartialShapes } from "../infer/partial-shapes.ts";
import { liftConstants } from "../surgery/lift-constants.ts";
import type { FusedNode, Refusal } from "./lowering.ts";
import { LoweringEmitter } from "./lowering-emitter.ts";
import { loweringOf } from "./lowerings.ts";
import { fuseIntegerProducts } from "./quantization/fuse-integer-products.ts";
import { raiseOpset } from "./raise-opset.ts";
import { widenHalves } from "./widen-halves.ts";

const UNKNOWN: Refusal = {
  what: "an operator without a standard form here",
  instead: "export without optimisation",
};

const refusalOf = (fused: FusedNode): Refusal | undefined => {
  const lowering = loweringOf(fused.node);
  if (lowering) return lowering.refuses(fused);
  return fused.node.domain === "" ? undefined : UNKNOWN;
};

const describeRefusal = ({ node, index }: FusedNode, { what, instead }: Refusal): string => {
  const name = `${node.domain}${node.domain && "."}${node.op}`;
  const type = elementTypeOf(index, node.inputs[0] ?? "") ?? "unknown type";
  return `${name} at node "${node.name}" (${type}): ${what}; ${instead}.`;
};

/** Says of every node that cannot be lowered why, and how to export without it. */
const refusal = (refused: readonly { fused: FusedNode; refusal: Refusal }[]): Problem => {
  const texts = [...new Set(refused.map((each) => describeRefusal(each.fused, each.refusal)))];
  const [first] = refused as [{ fused: FusedNode; refusal: Refusal }];
  const { op, domain, name } = first.fused.node;
  return problem(
    "unsupported_operator",
    `The graph cannot be written in operators that have gradients. ${texts.join(" ")}`,
    { detail: { operator: domain === "" ? op : `${domain}.${op}`, node: name, count: refused.length } },
  );
};

/** The nodes that `node` stands for, lowered until none is left that can be. */
const lowerNode = (node: Node, index: GraphIndex, shapes: PartialShapes, builder: GraphBuilder): void => {
  const { graph } = builder;
  const lowering = loweringOf(node);
  if (!lowering) {
    graph.nodes.push(node);
    return;
  }
  const before = graph.nodes.length;
  lowering.lower({ node, index, shapes }, new LoweringEmitter(builder, node));
  for (const emitted of graph.nodes.splice(before)) lowerNode(emitted, index, shapes, builder);
};

/** What keeps `graph` from being lowered; undefined where nothing does. */
const findRefusals = (graph: Graph): Problem | undefined => {
  const index = new GraphIndex(graph);
  const shapes = new PartialShapes(index);
  const refused = graph.nodes.flatMap((node) => {
    const fused = { node, index, shapes };
    const found = refusalOf(fused);
    return found ? [{ fused, refusal: found }] : [];
  });
  return refused.length > 0 ? refusal(refused) : undefined;
};

const lowerAll = (graph: Graph): Graph => {
  const index = new GraphIndex(graph);
  const shapes = new PartialShapes(index);
  const lowered = cloneGraph(graph);
  const builder = new GraphBuilder(lowered, "lowered");
  const nodes = lowered.nodes.splice(0);
  for (const node of nodes) lowerNode(node, index, shapes, builder);
  return lowered;
};

/**
 * `graph` in standard operators that have gradients, in single precision: fused operators written out, quantised
 * weights as the floats that they stand for (computed when they are read), activations unrounded, halves widened.
 * Inputs, outputs and every tensor between two nodes keep their names; what was inside a node is named after its
 * first output. A graph that is lowered already comes back as it is, but for constants, which become initializers.
 *
 * Fails with `unsupported_operator`, which names every operator that cannot be lowered, its node and element type,
 * and the export option that avoids it; and with `unsupported_graph` on an opset that is too old.
 */
export const lowerGraph = (graph: Graph): Result<Graph> => {
  const raised = raiseOpset(graph);
  if (!raised.ok) return raised;
  const lifted = liftConstants(raised.value);
  fuseIntegerProducts(lifted);
  const refused = findRefusals(lifted);
  return refused ? fail(refused) : ok(lowerAll(widenHalves(lifted)));
};
