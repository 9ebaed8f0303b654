import {
  type Attribute,
  floatsOf,
  type Graph,
  type Initializer,
  type Node,
} from "../../../src/onnx/graph.ts";
import type { OfflineTensor } from "../../../src/onnx/offline-session.ts";

const widenInitializer = (constant: Initializer): Initializer =>
  constant.type === "float32"
    ? {
        type: "float64",
        shape: constant.shape,
        bytes: new Uint8Array(Float64Array.from(floatsOf(constant)).buffer),
      }
    : constant;

const widenType = <Typed extends { readonly type: string }>(typed: Typed): Typed =>
  typed.type === "float32" ? { ...typed, type: "float64" } : typed;

/** ONNX's numbers for float32 and float64, as casts name them. */
const [FLOAT, DOUBLE] = [1, 11];

const widenAttribute = (name: string, attribute: Attribute): Attribute => {
  if (attribute.kind === "tensor") return { kind: "tensor", value: widenInitializer(attribute.value) };
  return name === "to" && attribute.value === FLOAT ? { kind: "int", value: DOUBLE } : attribute;
};

const widenNode = (node: Node): Node => ({
  ...node,
  attributes: new Map([...node.attributes].map(([name, value]) => [name, widenAttribute(name, value)])),
});

/** The same graph in float64: finite differences of a whole model drown in the rounding of float32. */
export const widenGraph = (graph: Graph): Graph => ({
  ...graph,
  inputs: graph.inputs.map(widenType),
  outputs: graph.outputs.map(widenType),
  nodes: graph.nodes.map(widenNode),
  initializers: new Map(
    [...graph.initializers].map(([name, constant]) => [name, widenInitializer(constant)]),
  ),
});

/** A float32 tensor in float64, others as they are. */
export const widenTensor = (tensor: OfflineTensor): OfflineTensor =>
  tensor.type === "float32"
    ? { ...tensor, type: "float64", data: Float64Array.from(tensor.data as Float32Array) }
    : tensor;
