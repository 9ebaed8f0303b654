import { expect } from "vitest";
import { elementCount } from "../../../src/core/tensor/tensor.ts";
import type { Graph, Initializer, Node, StoredType } from "../../../src/onnx/graph.ts";
import { type AttributeValue, GraphBuilder } from "../../../src/onnx/graph-builder.ts";
import { lowerGraph } from "../../../src/onnx/lower/lower-graph.ts";
import { type OfflineTensor, openOfflineSession } from "../../../src/onnx/offline-session.ts";
import { createRandom } from "../../../src/optim/random.ts";
import { unwrap } from "../support/unwrap.ts";

/** A tensor of a case: its shape (uniform in [-1, 1)), or its elements. */
export type CaseTensor = readonly number[] | OfflineTensor;

/** A constant of a case, which may be of a type that is only stored. */
export type CaseConstant = CaseTensor | (Omit<OfflineTensor, "type"> & { readonly type: StoredType });

/** One node of one operator, to be run fused and lowered. */
export interface LoweringCase {
  readonly name: string;
  readonly op: string;
  readonly domain?: "" | "com.microsoft";
  readonly opset?: number;
  readonly attributes?: Record<string, AttributeValue>;
  /** Inputs in their order: a key of `tensors` or `constants`; empty where absent. */
  readonly inputs: readonly string[];
  /** Names of the outputs, empty where absent; one where left out. */
  readonly outputs?: readonly string[];
  readonly tensors: Readonly<Record<string, CaseTensor>>;
  readonly constants?: Readonly<Record<string, CaseConstant>>;
  /** Further nodes in front of, or behind, the one under test. */
  readonly before?: (builder: GraphBuilder) => void;
  readonly after?: (builder: GraphBuilder) => string;
  /** Largest absolute difference allowed; 1e-4 where left out. */
  readonly tolerance?: number;
}

const filled = (shape: readonly number[], uniform: () => number): OfflineTensor => ({
  type: "float32",
  shape,
  data: Float32Array.from({ length: elementCount(shape) }, () => 2 * uniform() - 1),
});

const isShape = (tensor: CaseConstant): tensor is readonly number[] => Array.isArray(tensor);

const materialise = <Given extends CaseConstant>(tensors: Readonly<Record<string, Given>>, seed: number) => {
  const uniform = createRandom(seed);
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [
      name,
      isShape(tensor) ? filled(tensor, uniform) : (tensor as Exclude<Given, readonly number[]>),
    ]),
  );
};

const toInitializer = ({ type, shape, data }: Exclude<CaseConstant, readonly number[]>): Initializer => ({
  type,
  shape,
  bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
});

/** An int32 tensor. */
export const int32 = (shape: readonly number[], values: readonly number[]): OfflineTensor => ({
  type: "int32",
  shape,
  data: Int32Array.from(values),
});

/** An int64 tensor. */
export const int64 = (shape: readonly number[], values: readonly number[]): OfflineTensor => ({
  type: "int64",
  shape,
  data: BigInt64Array.from(values, BigInt),
});

/** A tensor of bytes. */
export const bytes = (
  type: "uint8" | "bool",
  shape: readonly number[],
  values: readonly number[],
): OfflineTensor => ({
  type,
  shape,
  data: Uint8Array.from(values),
});

/** Uniform whole numbers from 0 to `below`, the same for the same seed. */
export const wholeNumbers = (count: number, below: number, seed = 5): number[] => {
  const uniform = createRandom(seed);
  return Array.from({ length: count }, () => Math.floor(uniform() * below));
};

/** Appends a node of any domain. */
export const appendNode = (
  builder: GraphBuilder,
  { op, domain = "com.microsoft" }: Pick<LoweringCase, "op" | "domain">,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Record<string, AttributeValue> = {},
): void => {
  builder.node(op, inputs, outputs.length, attributes, outputs);
  const node: Node = builder.graph.nodes.at(-1)!;
  node.domain = domain;
  node.name = `the ${op}${outputs[0] === "y" ? "" : ` of ${outputs[0]}`}`;
};

const symbolic = (name: string, { shape }: OfflineTensor, fixed: boolean): (number | string)[] =>
  shape.map((size, axis) => (fixed || axis === shape.length - 1 || axis === 1 ? size : `${name}.${axis}`));

/** The graph of a case; sizes but channels and heads are open, as exporters leave them. */
export const graphOf = (test: LoweringCase): { graph: Graph; feeds: Record<string, OfflineTensor> } => {
  const graph = GraphBuilder.empty("case", test.opset ?? 21);
  graph.opsets.set("com.microsoft", 1);
  const builder = new GraphBuilder(graph);
  const feeds = materialise(test.tensors, 3);
  for (const [name, tensor] of Object.entries(feeds))
    builder.input(name, tensor.type, symbolic(name, tensor, tensor.shape.length === 1));
  for (const [name, tensor] of Object.entries(materialise(test.constants ?? {}, 4)))
    graph.initializers.set(name, toInitializer(tensor));
  test.before?.(builder);
  const outputs = test.outputs ?? ["y"];
  appendNode(builder, test, test.inputs, outputs, test.attributes);
  const declared = test.after ? [test.after(builder)] : outputs.filter((name) => name !== "");
  for (const name of declared) graph.outputs.push({ name, type: "float32", shape: [] });
  return { graph, feeds };
};

/** Runs `graph` exactly as written; outputs take the types and ranks that the runtime infers. */
const runAsWritten = async (graph: Graph, feeds: Readonly<Record<string, OfflineTensor>>) => {
  const exposed = graph.outputs.map(({ name }) => name);
  const session = unwrap(
    await openOfflineSession({ ...graph, outputs: [] }, { threads: 1, optimize: false, exposed }),
  );
  const outputs = await session.run(feeds);
  await session.release();
  return outputs;
};

const numbersOf = ({ data }: OfflineTensor): number[] => Array.from(data as ArrayLike<number>, Number);

/** Runs a graph fused and lowered, and compares every output by its name. */
export const expectSame = async (
  graph: Graph,
  feeds: Readonly<Record<string, OfflineTensor>>,
  tolerance = 1e-4,
): Promise<void> => {
  const fused = await runAsWritten(graph, feeds);
  const lowered = unwrap(lowerGraph(graph));
  expect(lowered.nodes.map(({ domain }) => domain)).not.toContain("com.microsoft");
  const written = await runAsWritten(lowered, feeds);
  for (const [name, expected] of Object.entries(fused)) {
    expect(written[name]!.shape, name).toEqual(expected.shape);
    const [left, right] = [numbersOf(written[name]!), numbersOf(expected)];
    const worst = Math.max(0, ...left.map((value, at) => Math.abs(value - right[at]!)));
    expect(worst, `${name} (${left.slice(0, 3)} against ${right.slice(0, 3)})`).toBeLessThanOrEqual(
      tolerance,
    );
    expect(Math.max(...left.map(Math.abs)), `${name} is not all zero`).toBeGreaterThan(0);
  }
};
