import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  AttributeProtoSchema,
  GraphProtoSchema,
  AttributeProto_AttributeType as Kind,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType as Type,
  ValueInfoProtoSchema,
} from "onnx-buf";
import { describe, expect, it } from "vitest";
import { findDecoder } from "../../src/onnx/find-decoder.ts";
import type { Graph } from "../../src/onnx/graph.ts";
import { floatTensor, integerTensor, openOfflineSession } from "../../src/onnx/offline-session.ts";
import { readModel } from "../../src/onnx/read-model.ts";
import { writeModel } from "../../src/onnx/write-model.ts";
import { TINY, tinyDecoder } from "./support/tiny-decoder.ts";
import { unwrap } from "./support/unwrap.ts";

const node = (opType: string, input: string[], output: string[]) =>
  create(NodeProtoSchema, { name: opType, opType, input, output });

const info = (name: string, elemType: number) =>
  create(ValueInfoProtoSchema, { name, type: { value: { case: "tensorType", value: { elemType } } } });

/** The tiny decoder as optimum merges a decoder and one with its past: behind a choice, weights outside of it. */
const merged = () => {
  const { graph: bytes, weights } = writeModel(tinyDecoder(), "weights");
  const model = fromBinary(ModelProtoSchema, bytes);
  const graph = model.graph!;
  const names = graph.output.map(({ name }) => name);
  const inner = (name: string) => (names.includes(name) ? `${name}.inner` : name);
  for (const each of graph.node) {
    each.input = each.input.map(inner);
    each.output = each.output.map(inner);
  }
  const branch = (name: string, nodes: typeof graph.node, suffix: string) =>
    create(AttributeProtoSchema, {
      name,
      type: Kind.GRAPH,
      g: create(GraphProtoSchema, {
        node: nodes,
        output: names.map((output) => info(output + suffix, Type.FLOAT)),
      }),
    });
  const without = names.map((name) => node("Cast", ["input_ids"], [`${name}.none`]));
  const choice = node("If", ["use_cache_branch"], names);
  choice.attribute = [branch("then_branch", graph.node, ".inner"), branch("else_branch", without, ".none")];
  graph.node = [choice];
  graph.input.push(info("use_cache_branch", Type.BOOL));
  return { bytes: toBinary(ModelProtoSchema, model), weights };
};

describe("a graph that chooses between a branch with the past and one without", () => {
  it("is read as the branch with the past, and computes the same", async () => {
    const { bytes, weights } = merged();
    const graph = unwrap(readModel(bytes, () => weights));
    expect(graph.inputs.map(({ name }) => name)).not.toContain("use_cache_branch");
    expect(graph.nodes.some(({ op }) => op === "If")).toBe(false);
    expect(unwrap(findDecoder(graph)).blocks).toHaveLength(3);
    const feeds = {
      input_ids: integerTensor([1, 3], [3, 1, 4]),
      attention_mask: integerTensor([1, 3], [1, 1, 1]),
      position_ids: integerTensor([1, 3], [0, 1, 2]),
      ...Object.fromEntries(
        graph.inputs
          .filter(({ name }) => name.startsWith("past"))
          .map(({ name }) => [name, floatTensor([1, TINY.heads, 0, TINY.headDim], new Float32Array())]),
      ),
    };
    const logits = async (of: Graph) => {
      const session = unwrap(await openOfflineSession(of));
      const outputs = await session.run(feeds, ["logits"]);
      await session.release();
      return outputs.logits!.data;
    };
    expect(await logits(graph)).toEqual(await logits(tinyDecoder()));
  });
});
