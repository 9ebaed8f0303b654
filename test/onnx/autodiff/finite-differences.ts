import { addGradients } from "../../../src/onnx/autodiff/gradient-graph.ts";
import { traceValues } from "../../../src/onnx/autodiff/trace-values.ts";
import { cloneGraph, type ElementType, type Graph } from "../../../src/onnx/graph.ts";
import { GraphBuilder } from "../../../src/onnx/graph-builder.ts";
import {
  type OfflineSession,
  type OfflineTensor,
  openOfflineSession,
} from "../../../src/onnx/offline-session.ts";
import { createRandom } from "../../../src/optim/random.ts";
import { unwrap } from "../support/unwrap.ts";

/** Float types that gradients are checked in: float64 wherever the runtime has the kernels. */
export type CheckedType = "float64" | "float32";

/** Half the distance of the two points of a central difference, near the cube root of the type's precision. */
const STEP: Readonly<Record<CheckedType, number>> = { float64: 1e-5, float32: 2e-2 };

/** A small graph around one operator. */
export interface OperatorCase {
  /** What is special about it, for the test's name. */
  readonly name: string;
  /** Shape of each float input; all of them are differentiated unless `fixed`. */
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  /** Values of an input lie in this interval; [-1, 1) where left out. */
  readonly range?: readonly [low: number, high: number];
  /** Inputs of other types, such as indices. */
  readonly fixed?: Readonly<Record<string, OfflineTensor>>;
  readonly type?: CheckedType;
  readonly opset?: number;
  /** Appends the operator on inputs of the given names and returns its output. */
  readonly build: (builder: GraphBuilder, type: CheckedType) => string;
}

const floats = (type: CheckedType, shape: readonly number[], values: readonly number[]): OfflineTensor => ({
  type,
  shape,
  data: type === "float64" ? Float64Array.from(values) : Float32Array.from(values),
});

/** A float constant of the type under test. */
export const constantOf = (
  builder: GraphBuilder,
  type: CheckedType,
  shape: readonly number[],
  values: readonly number[],
): string =>
  builder.constant({ type, shape, bytes: new Uint8Array(floats(type, shape, values).data.buffer) });

const weightedSum = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
};

/** Central differences of `objective` in every element of `tensor`. */
const centralDifferences = async (
  tensor: OfflineTensor,
  step: number,
  objective: () => Promise<number>,
): Promise<number[]> => {
  const data = tensor.data as Float64Array;
  const differences: number[] = [];
  for (let i = 0; i < data.length; i++) {
    const original = data[i]!;
    data[i] = original + step;
    const [above, upper] = [data[i]!, await objective()];
    data[i] = original - step;
    const [below, lower] = [data[i]!, await objective()];
    data[i] = original;
    differences.push((upper - lower) / (above - below));
  }
  return differences;
};

/** ‖a − b‖ / ‖b‖ in the Euclidean norm. */
export const relativeError = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let [difference, size] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    difference += (a[i]! - b[i]!) ** 2;
    size += b[i]! ** 2;
  }
  return Math.sqrt(difference / size);
};

const forwardGraph = (
  operator: OperatorCase,
  type: CheckedType,
): { readonly graph: Graph; readonly y: string } => {
  const graph = GraphBuilder.empty("operator", operator.opset ?? 20);
  const builder = new GraphBuilder(graph);
  for (const [name, shape] of Object.entries(operator.inputs)) builder.input(name, type, shape);
  for (const [name, tensor] of Object.entries(operator.fixed ?? {}))
    builder.input(name, tensor.type, tensor.shape);
  return { graph, y: operator.build(builder, type) };
};

/** Appends Σ r · y, with r random, as the loss; a plain sum would hide errors that cancel, as in a softmax. */
const addProbe = (graph: Graph, y: string, probe: OfflineTensor): { graph: Graph; loss: string } => {
  const copy = cloneGraph(graph);
  const builder = new GraphBuilder(copy, "probe");
  const { buffer, byteLength } = probe.data;
  const weights = builder.constant({
    type: probe.type,
    shape: probe.shape,
    bytes: new Uint8Array(buffer, 0, byteLength),
  });
  const loss = builder.op("ReduceSum", [builder.op("Mul", [y, weights])], { keepdims: 0 });
  return { graph: copy, loss };
};

const open = async (graph: Graph, exposed: readonly string[] = []): Promise<OfflineSession> =>
  unwrap(await openOfflineSession(graph, { exposed, optimize: false, threads: 1 }));

/** Random values for the variables of `operator`, and a way to draw more of them. */
const drawVariables = (operator: OperatorCase, type: CheckedType) => {
  const random = createRandom(operator.name.length + 3);
  const [low, high] = operator.range ?? [-1, 1];
  const draw = (shape: readonly number[], from: number, to: number): OfflineTensor => {
    const count = shape.reduce((product, size) => product * size, 1);
    return floats(
      type,
      shape,
      Array.from({ length: count }, () => from + random() * (to - from)),
    );
  };
  const variables = Object.fromEntries(
    Object.entries(operator.inputs).map(([name, shape]) => [name, draw(shape, low, high)]),
  );
  return { variables, draw };
};

/** The emitted gradient of Σ probe · y with respect to each variable. */
const emittedGradients = async (
  graph: Graph,
  y: string,
  probe: OfflineTensor,
  feeds: Readonly<Record<string, OfflineTensor>>,
  names: readonly string[],
): Promise<ReadonlyMap<string, OfflineTensor>> => {
  const probed = addProbe(graph, y, probe);
  const traced = unwrap(await traceValues(probed.graph, feeds));
  const differentiated = unwrap(addGradients(probed.graph, traced, probed.loss, names));
  const session = await open(differentiated.graph);
  const outputs = await session.run(feeds);
  await session.release();
  return new Map(names.map((name) => [name, outputs[differentiated.gradients.get(name)!]!]));
};

/**
 * The largest relative error, over the inputs of `operator`, of the emitted gradient of a random linear function of its
 * output against central finite differences.
 */
export const gradientError = async (operator: OperatorCase): Promise<number> => {
  const type: CheckedType = operator.type ?? "float64";
  const { graph, y } = forwardGraph(operator, type);
  const { variables, draw } = drawVariables(operator, type);
  const feeds = { ...variables, ...operator.fixed };
  const probe = draw(unwrap(await traceValues(graph, feeds)).get(y)!.shape, -1, 1);
  const gradients = await emittedGradients(graph, y, probe, feeds, Object.keys(variables));
  const forward = await open(graph, [y]);
  const objective = async () => {
    const outputs = await forward.run(feeds);
    return weightedSum(outputs[y]!.data as Float64Array, probe.data as Float64Array);
  };
  let worst = 0;
  for (const [name, variable] of Object.entries(variables)) {
    const gradient = gradients.get(name)!;
    const expected = await centralDifferences(variable, STEP[type], objective);
    if (gradient.shape.join() !== variable.shape.join())
      throw new Error(`the gradient of ${name} has shape [${gradient.shape}]`);
    worst = Math.max(worst, relativeError(gradient.data as Float64Array, expected));
  }
  await forward.release();
  return worst;
};

/** An element type as the Cast operator's attribute `to` numbers it. */
export const CAST_TO: Readonly<Record<Extract<ElementType, CheckedType>, number>> = {
  float32: 1,
  float64: 11,
};
