import { create, toBinary } from "@bufbuild/protobuf";
import {
  AttributeProtoSchema,
  GraphProtoSchema,
  AttributeProto_AttributeType as Kind,
  TensorProto_DataLocation as Location,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
} from "onnx-buf";
import { elementTypeToProto } from "./element-types.ts";
import type { Attribute, Graph, Initializer, Node, ValueInfo } from "./graph.ts";

/** IR version written; the oldest that allows every opset used here. */
const IR_VERSION = 9n;

/** External tensors start at multiples of this many bytes, so that a runtime may map them. */
const EXTERNAL_ALIGNMENT = 64;

/** Initializers below this many bytes stay in the graph: shape constants must be readable without the data file. */
const EXTERNAL_THRESHOLD = 1024;

/** The two files of a model: the graph, and its large tensors where they were put aside. */
export interface WrittenModel {
  readonly graph: Uint8Array;
  /** Bytes of the external data file; empty where nothing was put aside. */
  readonly weights: Uint8Array;
}

const rawTensor = (name: string, { type, shape, bytes }: Initializer) =>
  create(TensorProtoSchema, {
    name,
    dataType: elementTypeToProto(type),
    dims: shape.map(BigInt),
    rawData: bytes as Uint8Array<ArrayBuffer>,
  });

const externalTensor = (
  name: string,
  { type, shape, bytes }: Initializer,
  location: string,
  offset: number,
) =>
  create(TensorProtoSchema, {
    name,
    dataType: elementTypeToProto(type),
    dims: shape.map(BigInt),
    dataLocation: Location.EXTERNAL,
    externalData: Object.entries({ location, offset: String(offset), length: String(bytes.byteLength) }).map(
      ([key, value]) => create(StringStringEntryProtoSchema, { key, value }),
    ),
  });

const toAttributeProto = (name: string, attribute: Attribute) => {
  switch (attribute.kind) {
    case "int":
      return create(AttributeProtoSchema, { name, type: Kind.INT, i: BigInt(attribute.value) });
    case "ints":
      return create(AttributeProtoSchema, { name, type: Kind.INTS, ints: attribute.value.map(BigInt) });
    case "float":
      return create(AttributeProtoSchema, { name, type: Kind.FLOAT, f: attribute.value });
    case "floats":
      return create(AttributeProtoSchema, { name, type: Kind.FLOATS, floats: [...attribute.value] });
    case "string":
      return create(AttributeProtoSchema, {
        name,
        type: Kind.STRING,
        s: new TextEncoder().encode(attribute.value) as Uint8Array<ArrayBuffer>,
      });
    case "tensor":
      return create(AttributeProtoSchema, { name, type: Kind.TENSOR, t: rawTensor("", attribute.value) });
  }
};

const toNodeProto = (node: Node) =>
  create(NodeProtoSchema, {
    name: node.name,
    opType: node.op,
    domain: node.domain,
    input: node.inputs,
    output: node.outputs,
    attribute: [...node.attributes].map(([name, attribute]) => toAttributeProto(name, attribute)),
  });

const toValueInfoProto = ({ name, type, shape }: ValueInfo) => {
  const dim = shape.map((size) =>
    create(TensorShapeProto_DimensionSchema, {
      value:
        typeof size === "number"
          ? { case: "dimValue", value: BigInt(size) }
          : { case: "dimParam", value: size },
    }),
  );
  const tensor = create(TypeProto_TensorSchema, {
    elemType: elementTypeToProto(type),
    shape: create(TensorShapeProtoSchema, { dim }),
  });
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, { value: { case: "tensorType", value: tensor } }),
  });
};

const concatenate = (parts: readonly { offset: number; bytes: Uint8Array }[], length: number): Uint8Array => {
  const whole = new Uint8Array(length);
  for (const { offset, bytes } of parts) whole.set(bytes, offset);
  return whole;
};

/**
 * Serialises `graph`. With `weightsFile`, initializers of a kilobyte or more go to that external file.
 * `exposed` are tensors to declare outputs besides the graph's own, without a type: the runtime infers it.
 * The same graph gives the same bytes.
 */
export const writeModel = (
  graph: Graph,
  weightsFile?: string,
  exposed: readonly string[] = [],
): WrittenModel => {
  const parts: { offset: number; bytes: Uint8Array }[] = [];
  let end = 0;
  const initializer = [...graph.initializers].map(([name, constant]) => {
    if (weightsFile === undefined || constant.bytes.byteLength < EXTERNAL_THRESHOLD)
      return rawTensor(name, constant);
    const offset = Math.ceil(end / EXTERNAL_ALIGNMENT) * EXTERNAL_ALIGNMENT;
    parts.push({ offset, bytes: constant.bytes });
    end = offset + constant.bytes.byteLength;
    return externalTensor(name, constant, weightsFile, offset);
  });
  const model = create(ModelProtoSchema, {
    irVersion: IR_VERSION,
    producerName: "errata",
    opsetImport: [...graph.opsets].map(([domain, version]) =>
      create(OperatorSetIdProtoSchema, { domain, version: BigInt(version) }),
    ),
    graph: create(GraphProtoSchema, {
      name: graph.name,
      node: graph.nodes.map(toNodeProto),
      input: graph.inputs.map(toValueInfoProto),
      output: [
        ...graph.outputs.map(toValueInfoProto),
        ...exposed.map((name) => create(ValueInfoProtoSchema, { name })),
      ],
      initializer,
    }),
  });
  return { graph: toBinary(ModelProtoSchema, model), weights: concatenate(parts, end) };
};
