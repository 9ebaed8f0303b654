import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { ModelProtoSchema, TensorProto_DataType, TensorProtoSchema } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { elementCount } from "../../src/core/tensor/tensor.ts";
import {
  type Attribute,
  ELEMENT_BYTES,
  type ElementType,
  floatsOf,
  type Graph,
  type Initializer,
} from "../../src/onnx/graph.ts";
import { GraphBuilder } from "../../src/onnx/graph-builder.ts";
import { readModel } from "../../src/onnx/read-model.ts";
import { writeModel } from "../../src/onnx/write-model.ts";
import { tinyDecoder } from "./support/tiny-decoder.ts";
import { unwrap } from "./support/unwrap.ts";

const WEIGHTS = "weights.bin";

/** A graph with typed arrays replaced by lists, as views of different buffers do not compare equal. */
const plain = (graph: Graph) => ({
  ...graph,
  initializers: [...graph.initializers].map(([name, { type, shape, bytes }]) => [
    name,
    type,
    shape,
    [...bytes],
  ]),
  nodes: graph.nodes.map((node) => ({
    ...node,
    attributes: [...node.attributes].map(([name, { kind, value }]) => [
      name,
      kind,
      kind === "tensor" ? [value.type, value.shape, [...value.bytes]] : value,
    ]),
  })),
});

const initializers: fc.Arbitrary<Initializer> = fc
  .tuple(
    fc.constantFrom(...(Object.keys(ELEMENT_BYTES) as ElementType[])),
    fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 3 }),
  )
  .chain(([type, shape]) => {
    const size = elementCount(shape) * ELEMENT_BYTES[type];
    return fc
      .uint8Array({ minLength: size, maxLength: size })
      .map((bytes): Initializer => ({ type, shape, bytes }));
  });

const whole = fc.integer({ min: -(2 ** 31), max: 2 ** 31 });
const single = fc.float({ noNaN: true });
const attributes: fc.Arbitrary<Attribute> = fc.oneof(
  whole.map((value): Attribute => ({ kind: "int", value })),
  fc.array(whole).map((value): Attribute => ({ kind: "ints", value })),
  single.map((value): Attribute => ({ kind: "float", value })),
  fc.array(single).map((value): Attribute => ({ kind: "floats", value })),
  fc.string({ unit: "grapheme" }).map((value): Attribute => ({ kind: "string", value })),
  initializers.map((value): Attribute => ({ kind: "tensor", value })),
);

const names = fc.string({ minLength: 1, maxLength: 8 });

/** Graphs that hold anything a file can carry; they need not compute. */
const graphs: fc.Arbitrary<Graph> = fc
  .record({
    name: names,
    opset: fc.integer({ min: 1, max: 30 }),
    constants: fc.uniqueArray(fc.tuple(names, initializers), { selector: ([name]) => name, maxLength: 4 }),
    attributes: fc.uniqueArray(fc.tuple(names, attributes), { selector: ([name]) => name, maxLength: 6 }),
    dims: fc.array(fc.oneof(fc.nat(9), names), { maxLength: 4 }),
  })
  .map(({ name, opset, constants, attributes: given, dims }) => ({
    name,
    opsets: new Map([["", opset]]),
    inputs: [{ name: " in", type: "float32", shape: dims }],
    outputs: [{ name: " out", type: "int64", shape: dims }],
    nodes: [
      { name, op: "Op", domain: "", inputs: [" in", ""], outputs: [" out"], attributes: new Map(given) },
    ],
    initializers: new Map(constants),
  }));

const expectRefusal = (result: ReturnType<typeof readModel>, message: RegExp) => {
  expect(result).toMatchObject({ ok: false, problem: { code: "malformed_model" } });
  if (!result.ok) expect(result.problem.message).toMatch(message);
};

describe("writeModel and readModel", () => {
  it("give back every graph as it was written", () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        expect(plain(unwrap(readModel(writeModel(graph).graph)))).toEqual(plain(graph));
      }),
    );
  });

  it("give back a decoder whose large tensors were put aside", () => {
    const graph = tinyDecoder();
    const written = writeModel(graph, WEIGHTS);
    expect(written.weights.byteLength).toBeGreaterThan(0);
    const asked: string[] = [];
    const read = unwrap(
      readModel(written.graph, (location) => {
        asked.push(location);
        return written.weights;
      }),
    );
    expect(plain(read)).toEqual(plain(graph));
    expect(new Set(asked)).toEqual(new Set([WEIGHTS]));
  });

  it("put aside tensors of a kilobyte or more, each at a multiple of 64 bytes", () => {
    const builder = new GraphBuilder(GraphBuilder.empty("aside"));
    builder.floats(Array(255).fill(1), [255]);
    builder.floats(Array(257).fill(2), [257]);
    builder.floats(Array(256).fill(3), [256]);
    const { weights } = writeModel(builder.graph, WEIGHTS);
    expect(weights.byteLength).toBe(1088 + 1024);
    const values = floatsOf({ type: "float32", shape: [528], bytes: weights });
    expect([values[0], values[256], values[257], values[272], values[527]]).toEqual([2, 2, 0, 3, 3]);
  });

  it("write the same bytes for the same graph", () => {
    expect(writeModel(tinyDecoder(), WEIGHTS)).toEqual(writeModel(tinyDecoder(), WEIGHTS));
  });
});

describe("readModel", () => {
  const written = writeModel(tinyDecoder(), WEIGHTS);

  it("reads tensors that sit in typed fields instead of raw bytes", () => {
    const model = fromBinary(ModelProtoSchema, writeModel(GraphBuilder.empty("typed")).graph);
    model.graph!.initializer.push(
      create(TensorProtoSchema, {
        name: "w",
        dims: [2n],
        dataType: TensorProto_DataType.FLOAT,
        floatData: [1.5, -2],
      }),
      create(TensorProtoSchema, {
        name: "n",
        dims: [],
        dataType: TensorProto_DataType.INT64,
        int64Data: [-7n],
      }),
    );
    const read = unwrap(readModel(toBinary(ModelProtoSchema, model)));
    expect([...floatsOf(read.initializers.get("w")!)]).toEqual([1.5, -2]);
    expect(read.initializers.get("n")).toEqual({
      type: "int64",
      shape: [],
      bytes: new Uint8Array(BigInt64Array.of(-7n).buffer),
    });
  });

  it("refuses bytes that are no protobuf", () => {
    expectRefusal(readModel(new TextEncoder().encode("not a model")), /Not an ONNX file/);
  });

  it("refuses an empty file", () => {
    expectRefusal(readModel(new Uint8Array()), /holds no graph/);
  });

  it("never reads a truncated file as the whole model", () => {
    const whole = writeModel(tinyDecoder()).graph;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.byteLength - 1 }), (length) => {
        const result = readModel(whole.subarray(0, length));
        expect(result.ok && plain(result.value)).not.toEqual(plain(tinyDecoder()));
        if (!result.ok) expect(["malformed_model", "unsupported_graph"]).toContain(result.problem.code);
      }),
      { numRuns: 40 },
    );
  });

  it("names the tensor and the data file that is missing", () => {
    expectRefusal(readModel(written.graph), /Tensor "t_c[^"]*" lives in "weights.bin", which was not given/);
  });

  it("refuses a data file that is too short", () => {
    const short = written.weights.subarray(0, written.weights.byteLength - 1);
    expectRefusal(
      readModel(written.graph, () => short),
      /lies outside of "weights.bin"/,
    );
  });

  it("refuses a tensor whose bytes do not fill its shape", () => {
    const model = fromBinary(ModelProtoSchema, writeModel(tinyDecoder()).graph);
    model.graph!.initializer[0]!.dims = [1000n];
    expectRefusal(readModel(toBinary(ModelProtoSchema, model)), /of shape \[1000\] needs/);
  });

  it("refuses an element type that it does not know", () => {
    const model = fromBinary(ModelProtoSchema, writeModel(tinyDecoder()).graph);
    model.graph!.initializer[0]!.dataType = TensorProto_DataType.COMPLEX64;
    expect(readModel(toBinary(ModelProtoSchema, model))).toMatchObject({
      ok: false,
      problem: { code: "unsupported_graph" },
    });
  });
});
