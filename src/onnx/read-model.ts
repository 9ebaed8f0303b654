import { fromBinary } from "@bufbuild/protobuf";
import {
  type AttributeProto,
  type GraphProto,
  AttributeProto_AttributeType as Kind,
  TensorProto_DataLocation as Location,
  ModelProtoSchema,
  type TensorProto,
  type ValueInfoProto,
} from "onnx-buf";
import { type Problem, ProblemError, problem } from "../core/problem.ts";
import { fail, ok, type Result } from "../core/result.ts";
import { elementCount } from "../core/tensor/tensor.ts";
import { elementTypeFromProto } from "./element-types.ts";
import {
  type Attribute,
  type Graph,
  type Initializer,
  isComputed,
  type StoredType,
  storedBytes,
  type ValueInfo,
} from "./graph.ts";
import { takeBranchWithPast } from "./take-branch.ts";

/** Hands over the bytes of an external data file named by the model; undefined where there is none. */
export type ExternalData = (location: string) => Uint8Array | undefined;

const refuse = (code: Problem["code"], message: string): never => {
  throw new ProblemError(problem(code, message));
};

const typeOf = (code: number, name: string): StoredType =>
  elementTypeFromProto(code) ??
  refuse("unsupported_graph", `Tensor "${name}" has element type ${code}, which is not supported.`);

const externalBytes = (tensor: TensorProto, external: ExternalData): Uint8Array => {
  const entries = new Map(tensor.externalData.map(({ key, value }) => [key, value]));
  const location = entries.get("location") ?? "";
  const file =
    external(location) ??
    refuse("malformed_model", `Tensor "${tensor.name}" lives in "${location}", which was not given.`);
  const offset = Number(entries.get("offset") ?? 0);
  const length = Number(entries.get("length") ?? file.byteLength - offset);
  if (!(offset >= 0 && length >= 0 && offset + length <= file.byteLength))
    refuse(
      "malformed_model",
      `Tensor "${tensor.name}" lies outside of "${location}" (${offset} + ${length} of ${file.byteLength} bytes).`,
    );
  return file.subarray(offset, offset + length);
};

/** Bytes of a tensor whose elements sit in a typed field of the message instead of `raw_data`. */
const typedFieldBytes = (tensor: TensorProto, type: StoredType): Uint8Array => {
  const bytes = (array: ArrayBufferView) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  switch (type) {
    case "float32":
      return bytes(Float32Array.from(tensor.floatData));
    case "float64":
      return bytes(Float64Array.from(tensor.doubleData));
    case "int64":
      return bytes(BigInt64Array.from(tensor.int64Data));
    case "int32":
      return bytes(Int32Array.from(tensor.int32Data));
    case "float16":
      return bytes(Uint16Array.from(tensor.int32Data));
    case "bool":
    case "uint8":
    case "int8":
    case "uint4":
    case "int4":
      return bytes(Uint8Array.from(tensor.int32Data));
  }
};

const toInitializer = (tensor: TensorProto, external: ExternalData): Initializer => {
  const type = typeOf(tensor.dataType, tensor.name);
  const shape = tensor.dims.map(Number);
  const expected = storedBytes(type, elementCount(shape));
  const bytes =
    tensor.dataLocation === Location.EXTERNAL
      ? externalBytes(tensor, external)
      : tensor.rawData.byteLength > 0
        ? tensor.rawData
        : typedFieldBytes(tensor, type);
  if (bytes.byteLength !== expected)
    refuse(
      "malformed_model",
      `Tensor "${tensor.name}" of shape [${shape}] needs ${expected} bytes and has ${bytes.byteLength}.`,
    );
  return { type, shape, bytes };
};

const toAttribute = (attribute: AttributeProto, op: string, external: ExternalData): Attribute => {
  switch (attribute.type) {
    case Kind.INT:
      return { kind: "int", value: Number(attribute.i) };
    case Kind.INTS:
      return { kind: "ints", value: attribute.ints.map(Number) };
    case Kind.FLOAT:
      return { kind: "float", value: attribute.f };
    case Kind.FLOATS:
      return { kind: "floats", value: attribute.floats };
    case Kind.STRING:
      return { kind: "string", value: new TextDecoder().decode(attribute.s) };
    case Kind.TENSOR:
      return { kind: "tensor", value: toInitializer(attribute.t!, external) };
    default:
      return refuse(
        "unsupported_graph",
        `Attribute "${attribute.name}" of ${op} has a type that is not supported.`,
      );
  }
};

const toValueInfo = (info: ValueInfoProto): ValueInfo => {
  const tensor =
    info.type?.value.case === "tensorType"
      ? info.type.value.value
      : refuse("unsupported_graph", `"${info.name}" is not a tensor.`);
  const type = typeOf(tensor.elemType, info.name);
  return {
    name: info.name,
    type: isComputed(type) ? type : refuse("unsupported_graph", `"${info.name}" is of ${type}.`),
    shape: (tensor.shape?.dim ?? []).map(({ value }, axis) =>
      value.case === "dimValue" ? Number(value.value) : (value.value ?? `${info.name}.${axis}`),
    ),
  };
};

const toGraph = (proto: GraphProto, opsets: Map<string, number>, external: ExternalData): Graph => {
  const initializers = new Map(
    proto.initializer.map((tensor) => [tensor.name, toInitializer(tensor, external)]),
  );
  return {
    name: proto.name,
    opsets,
    inputs: proto.input.filter((info) => !initializers.has(info.name)).map(toValueInfo),
    outputs: proto.output.map(toValueInfo),
    nodes: proto.node.map((node) => ({
      name: node.name,
      op: node.opType,
      domain: node.domain === "ai.onnx" ? "" : node.domain,
      inputs: [...node.input],
      outputs: [...node.output],
      attributes: new Map(node.attribute.map((a) => [a.name, toAttribute(a, node.opType, external)])),
    })),
    initializers,
  };
};

/**
 * Reads an `.onnx` file; `external` hands over its data files by name. Initializers are views into the bytes
 * given. Fails with `malformed_model` or `unsupported_graph`.
 */
export const readModel = (bytes: Uint8Array, external: ExternalData = () => undefined): Result<Graph> => {
  try {
    const model = fromBinary(ModelProtoSchema, bytes);
    if (!model.graph) return fail(problem("malformed_model", "The file holds no graph."));
    if (model.functions.length > 0)
      return fail(problem("unsupported_graph", "The model uses local functions; inline them first."));
    const opsets = new Map(
      model.opsetImport.map(({ domain, version }) => [domain === "ai.onnx" ? "" : domain, Number(version)]),
    );
    takeBranchWithPast(model.graph);
    return ok(toGraph(model.graph, opsets, external));
  } catch (error) {
    if (error instanceof ProblemError) return fail(error.problem);
    return fail(problem("malformed_model", `Not an ONNX file: ${(error as Error).message}`));
  }
};
