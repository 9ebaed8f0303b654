import { floatsOf, type Graph, type Initializer } from "../../../src/onnx/graph.ts";
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

/** The same graph in float64: finite differences of a whole model drown in the rounding of float32. */
export const widenGraph = (graph: Graph): Graph => ({
  ...graph,
  inputs: graph.inputs.map(widenType),
  outputs: graph.outputs.map(widenType),
  initializers: new Map(
    [...graph.initializers].map(([name, constant]) => [name, widenInitializer(constant)]),
  ),
});

/** A float32 tensor in float64, others as they are. */
export const widenTensor = (tensor: OfflineTensor): OfflineTensor =>
  tensor.type === "float32"
    ? { ...tensor, type: "float64", data: Float64Array.from(tensor.data as Float32Array) }
    : tensor;
