import { ok, type Result } from "../../core/result.ts";
import { elementCount } from "../../core/tensor/tensor.ts";
import {
  cloneGraph,
  type ElementType,
  type Graph,
  type Initializer,
  integersOf,
  isComputed,
} from "../graph.ts";
import { GraphBuilder } from "../graph-builder.ts";
import { type Feeds, type OfflineTensor, openOfflineSession } from "../offline-session.ts";

/** Integer tensors up to this many elements keep their values in a trace; shapes and axes are far below. */
const TRACED_VALUE_LIMIT = 4096;

/** What one run of a graph showed of a tensor. */
export interface TracedTensor {
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** Elements of a small integer tensor, such as a shape or axes; absent for others. */
  readonly integers?: readonly number[];
}

/** Every tensor of a graph as one run showed it, by name: a shape table that needs no shape inference. */
export type TracedTensors = ReadonlyMap<string, TracedTensor>;

const INTEGER_TYPES: ReadonlySet<ElementType> = new Set(["int64", "int32"]);

const ofInitializer = (initializer: Initializer, type: ElementType): TracedTensor => ({
  type,
  shape: initializer.shape,
  ...(INTEGER_TYPES.has(type) &&
    elementCount(initializer.shape) <= TRACED_VALUE_LIMIT && { integers: integersOf(initializer) }),
});

const integersIn = ({ type, shape, data }: OfflineTensor): { integers?: readonly number[] } =>
  INTEGER_TYPES.has(type) && elementCount(shape) <= TRACED_VALUE_LIMIT
    ? { integers: Array.from(data as ArrayLike<number | bigint>, Number) }
    : {};

/** Adds to `graph` a Shape of every node's output, so that a run need not hand over large activations. */
const measureShapes = (graph: Graph, tensors: readonly string[]): ReadonlyMap<string, string> => {
  const builder = new GraphBuilder(graph, "trace");
  return new Map(tensors.map((tensor) => [tensor, builder.op("Shape", [tensor])]));
};

/**
 * Runs `graph` once on `feeds` and records the element type and shape of every tensor, and the elements of small
 * integer ones. Shapes hold for feeds of these shapes only. Fails as `openOfflineSession` does.
 */
export const traceValues = async (
  graph: Graph,
  feeds: Feeds,
  options: { readonly threads?: number } = {},
): Promise<Result<TracedTensors>> => {
  const measured = cloneGraph(graph);
  const tensors = graph.nodes.flatMap((node) => node.outputs.filter((name) => name !== ""));
  const shapes = measureShapes(measured, tensors);
  const declared = new Set(graph.outputs.map((output) => output.name));
  const exposed = [...tensors, ...shapes.values()].filter((name) => !declared.has(name));
  const opened = await openOfflineSession(measured, { ...options, optimize: false, exposed });
  if (!opened.ok) return opened;
  const session = opened.value;
  const typeOf = (tensor: string): ElementType => session.outputTypes.get(tensor)!;
  const integerTensors = tensors.filter((tensor) => INTEGER_TYPES.has(typeOf(tensor)));
  const results = await session.run(feeds, [...shapes.values(), ...integerTensors]);
  const traced = new Map<string, TracedTensor>();
  for (const [name, initializer] of graph.initializers)
    if (isComputed(initializer.type)) traced.set(name, ofInitializer(initializer, initializer.type));
  for (const [name, tensor] of Object.entries(feeds))
    traced.set(name, { type: tensor.type, shape: tensor.shape, ...integersIn(tensor) });
  for (const tensor of tensors) {
    const shape = Array.from(results[shapes.get(tensor)!]!.data as BigInt64Array, Number);
    const integers = integerTensors.includes(tensor) ? integersIn(results[tensor]!) : {};
    traced.set(tensor, { type: typeOf(tensor), shape, ...integers });
  }
  await session.release();
  return ok(traced);
};
