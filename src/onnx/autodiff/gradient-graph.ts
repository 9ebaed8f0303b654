import { type Problem, ProblemError, problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { elementCount } from "../../core/tensor/tensor.ts";
import { cloneGraph, type Graph, type Node } from "../graph.ts";
import { pruneGraph } from "../surgery/prune-graph.ts";
import type { Contribution } from "./contribution.ts";
import { differentiablePaths } from "./differentiable-paths.ts";
import { GradientEmitter } from "./gradient-emitter.ts";
import { noRule } from "./gradient-rule.ts";
import { GRADIENT_RULES } from "./rules/gradient-rules.ts";
import type { TracedTensors } from "./trace-values.ts";

/** First opset whose operators the gradients are written in: ScatterElements that adds. */
const GRADIENT_OPSET = 16;

/** First opset from which a graph may be raised to `GRADIENT_OPSET` without a change of meaning. */
const OLDEST_OPSET = 13;

/** A graph that computes a loss and its gradients. */
export interface GradientGraph {
  /** The forward graph with gradient operations appended; its outputs are the loss, the gradients, and what was kept. */
  readonly graph: Graph;
  /** Name of the loss, an output. */
  readonly loss: string;
  /** For each tensor differentiated by, the output that holds its gradient, of the tensor's own shape and type. */
  readonly gradients: ReadonlyMap<string, string>;
}

const checkRequest = (
  graph: Graph,
  traced: TracedTensors,
  loss: string,
  withRespectTo: readonly string[],
): Problem | undefined => {
  const opset = graph.opsets.get("") ?? 0;
  if (opset < OLDEST_OPSET)
    return problem(
      "unsupported_graph",
      `Gradients need opset ${OLDEST_OPSET} or later and the graph imports ${opset}; export it again.`,
    );
  const missing = [loss, ...withRespectTo].find((tensor) => !traced.has(tensor));
  if (missing !== undefined)
    return problem("unsupported_graph", `The graph has no tensor "${missing}" to differentiate.`);
  const { shape } = traced.get(loss)!;
  if (elementCount(shape) !== 1)
    return problem("unsupported_graph", `The loss "${loss}" must be one number and has shape [${shape}].`);
  const live = differentiablePaths(graph, traced, loss, withRespectTo);
  const detached = withRespectTo.find((tensor) => !live.has(tensor));
  if (detached !== undefined)
    return problem("unsupported_graph", `The loss "${loss}" does not depend smoothly on "${detached}".`);
  return undefined;
};

/** Gradients under way: what each tensor has received so far. */
type Received = Map<string, Contribution[]>;

/** Sums what `tensor` received into one tensor, unless only scattered updates arrived, which stay as they are. */
const settle = (tensor: string, emit: GradientEmitter, received: Received): readonly Contribution[] => {
  const parts = received.get(tensor) ?? [];
  if (parts.every((part) => typeof part !== "string")) return parts;
  const gradient = emit.accumulate(parts, emit.shape(tensor), emit.type(tensor));
  received.set(tensor, [gradient]);
  return [gradient];
};

const stepBack = (node: Node, emit: GradientEmitter, live: ReadonlySet<string>, received: Received): void => {
  if (!node.outputs.some((output) => received.has(output))) return;
  if (!node.inputs.some((input) => live.has(input))) return;
  const rule = node.domain === "" ? GRADIENT_RULES.get(node.op) : undefined;
  if (rule === undefined) throw new ProblemError(noRule(node, "the operator has no rule"));
  const inputGradients = rule({
    node,
    emit,
    received: node.outputs.map((output) => settle(output, emit, received)),
  });
  node.inputs.forEach((input, index) => {
    if (!live.has(input)) return;
    const gradient = inputGradients[index];
    if (gradient === undefined) throw new ProblemError(noRule(node, `none is known of its input ${index}`));
    const earlier = received.get(input) ?? [];
    received.set(input, earlier.concat(gradient()));
  });
};

const emitGradients = (
  graph: Graph,
  traced: TracedTensors,
  loss: string,
  withRespectTo: readonly string[],
): ReadonlyMap<string, string> => {
  const live = differentiablePaths(graph, traced, loss, withRespectTo);
  const forward = [...graph.nodes];
  const emit = new GradientEmitter(graph, traced);
  const received: Received = new Map([[loss, [emit.filled(1, emit.shape(loss), emit.type(loss))]]]);
  for (const node of forward.toReversed()) stepBack(node, emit, live, received);
  return new Map(
    withRespectTo.map((tensor) => {
      const parts = received.get(tensor) ?? [];
      return [tensor, emit.accumulate(parts, emit.shape(tensor), emit.type(tensor))];
    }),
  );
};

/** Declares in the inputs the shapes that the gradients count on. */
const pinInputs = (graph: Graph, traced: TracedTensors): void => {
  graph.inputs = graph.inputs.map((input) => ({ ...input, shape: traced.get(input.name)!.shape }));
};

const declareOutputs = (
  graph: Graph,
  traced: TracedTensors,
  loss: string,
  gradients: ReadonlyMap<string, string>,
  keep: readonly string[],
): void => {
  const described = new Map([loss, ...keep].map((tensor) => [tensor, traced.get(tensor)!]));
  for (const [tensor, gradient] of gradients) described.set(gradient, traced.get(tensor)!);
  graph.outputs = [...described].map(([name, { type, shape }]) => ({ name, type, shape }));
};

/**
 * Reverse-mode differentiation: a copy of `graph` with operations appended that compute the gradient of the scalar
 * tensor `loss` with respect to each of `withRespectTo`, which may be graph inputs, initializers or intermediate
 * tensors, of a float type. Operations that lead neither to the loss, the gradients nor `keep` are dropped.
 *
 * `traced` comes from `traceValues` on the same graph; the result holds for feeds of the traced shapes only, as its
 * inputs declare.
 * Fails with `unsupported_operator` where an operator on the way has no rule, and with `unsupported_graph` where the
 * request does not fit the graph.
 */
export const addGradients = (
  graph: Graph,
  traced: TracedTensors,
  loss: string,
  withRespectTo: readonly string[],
  { keep = [] }: { readonly keep?: readonly string[] } = {},
): Result<GradientGraph> => {
  const refused = checkRequest(graph, traced, loss, withRespectTo);
  if (refused) return fail(refused);
  const copy = cloneGraph(graph);
  copy.opsets.set("", Math.max(copy.opsets.get("")!, GRADIENT_OPSET));
  try {
    const gradients = emitGradients(copy, traced, loss, withRespectTo);
    pinInputs(copy, traced);
    declareOutputs(copy, traced, loss, gradients, keep);
    pruneGraph(copy);
    return ok({ graph: copy, loss, gradients });
  } catch (error) {
    if (error instanceof ProblemError) return fail(error.problem);
    throw error;
  }
};
