import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findDecoder } from "../../src/onnx/find-decoder.ts";
import { cloneGraph, type Graph, type Node } from "../../src/onnx/graph.ts";
import { GraphBuilder } from "../../src/onnx/graph-builder.ts";
import { renameGraph, withNames } from "./support/rename-graph.ts";
import { TINY, type TinyDecoderOptions, tinyDecoder } from "./support/tiny-decoder.ts";
import { unwrap } from "./support/unwrap.ts";

const anySpelling: fc.Arbitrary<TinyDecoderOptions> = fc.record({
  norm: fc.constantFrom("layer", "layer-decomposed", "rms", "rms-division"),
  activation: fc.constantFrom("gelu-tanh", "gelu", "gelu-erf", "gelu-tanh-decomposed", "relu", "silu"),
  gated: fc.boolean(),
  linear: fc.constantFrom("matmul", "gemm"),
  projections: fc.constantFrom("packed", "separate"),
  form: fc.constantFrom("pre-norm", "post-norm", "sandwich", "parallel", "parallel-one-norm"),
  scaled: fc.boolean(),
  cached: fc.boolean(),
  tied: fc.boolean(),
  seed: fc.integer(),
});

/** What a spelling of the activation computes. */
const MEANING = {
  "gelu-tanh": "gelu-tanh",
  "gelu-tanh-decomposed": "gelu-tanh",
  gelu: "gelu",
  "gelu-erf": "gelu",
  relu: "relu",
  silu: "silu",
} as const;

const expectRefusal = (graph: Graph, message: RegExp) => {
  const found = findDecoder(graph);
  expect(found).toMatchObject({ ok: false, problem: { code: "unsupported_graph" } });
  if (!found.ok) expect(found.problem.message).toMatch(message);
};

/** A copy of the tiny decoder whose `position`-th operation `op` is changed by `change`. */
const withChanged = (op: string, position: number, change: (node: Node) => void): Graph => {
  const graph = cloneGraph(tinyDecoder());
  change(graph.nodes.filter((node) => node.op === op).at(position)!);
  return graph;
};

describe("findDecoder", () => {
  it("finds dims, interface and weights of a decoder in this project's own style", () => {
    const graph = tinyDecoder();
    const found = unwrap(findDecoder(graph));
    expect(found.dims).toEqual({
      width: 12,
      ffn: 20,
      heads: 3,
      kvHeads: 3,
      headDim: 4,
      vocabulary: 31,
      context: 16,
    });
    expect(found.io).toEqual({
      inputIds: "input_ids",
      attentionMask: "attention_mask",
      positionIds: "position_ids",
      logits: "logits",
    });
    expect(found.blocks.map(({ cache }) => cache)).toEqual(
      [0, 1, 2].map((layer) => ({
        pastKey: `past_key_values.${layer}.key`,
        pastValue: `past_key_values.${layer}.value`,
        presentKey: `present.${layer}.key`,
        presentValue: `present.${layer}.value`,
      })),
    );
    expect(found.tied).toBe(true);
    expect(graph.initializers.get(found.embedding)!.shape).toEqual([31, 12]);
    expect(graph.initializers.get(found.positions!)!.shape).toEqual([16, 12]);
  });

  it("chains the residual stream from the embedding to the final norm", () => {
    const { blocks, finalNorm } = unwrap(findDecoder(tinyDecoder()));
    expect(blocks[1]!.input).toBe(blocks[0]!.output);
    expect(blocks[2]!.input).toBe(blocks[1]!.output);
    expect(finalNorm.input).toBe(blocks[2]!.output);
  });

  it("finds the same structure in every spelling, whatever the tensors and nodes are called", () => {
    fc.assert(
      fc.property(anySpelling, fc.integer(), (spelling, seed) => {
        const graph = tinyDecoder(spelling);
        const found = unwrap(findDecoder(graph));
        expect(found.blocks).toHaveLength(TINY.layers);
        expect(found.tied).toBe(spelling.tied);
        expect(found.finalNorm.kind).toBe(spelling.norm.startsWith("layer") ? "layer" : "rms");
        for (const { feedForward, cache } of found.blocks) {
          expect(feedForward.activation).toBe(MEANING[spelling.activation]);
          expect(feedForward.gate !== null).toBe(spelling.gated);
          expect(feedForward.up.orientation).toBe(spelling.linear === "matmul" ? "in-out" : "out-in");
          expect(cache !== null).toBe(spelling.cached);
        }
        const renamed = renameGraph(graph, seed);
        expect(unwrap(findDecoder(renamed.graph))).toEqual(withNames(found, renamed.names));
      }),
      { numRuns: 60 },
    );
  });

  it("says where the logits lack an unembedding", () => {
    const builder = new GraphBuilder(GraphBuilder.empty("sum"));
    const x = builder.input("x", "float32", [2]);
    builder.op("Add", [x, x], {}, "y");
    builder.output("y", "float32", [2]);
    expectRefusal(builder.graph, /no graph output is an unembedding/);
  });

  it("names the block and the tensor whose activation it does not know", () => {
    const graph = withChanged("Gelu", -1, (node) => {
      node.op = "Tanh";
      node.attributes = new Map();
    });
    expectRefusal(
      graph,
      /block 1 from the end.*none of the known activations \(gelu, gelu-tanh, silu, relu, gelu-quick, relu-squared\)/,
    );
  });

  it("names the block whose attention has no softmax", () => {
    const graph = withChanged("Softmax", 0, (node) => {
      node.op = "Sigmoid";
      node.attributes = new Map();
    });
    expectRefusal(graph, /block 3 from the end.*no softmax attention/);
  });

  it("refuses a block whose FFN does not read the stream that it is added to", () => {
    const [first] = unwrap(findDecoder(tinyDecoder())).blocks;
    const graph = withChanged("LayerNormalization", 3, (node) => {
      node.inputs[0] = first!.input;
    });
    expectRefusal(graph, /block 2 from the end.*the branch that ends in .* reads/);
  });

  it("refuses a scaled multiplication as a linear layer", () => {
    const graph = cloneGraph(tinyDecoder({ linear: "gemm" }));
    graph.nodes
      .filter(({ op }) => op === "Gemm")
      .at(-1)!
      .attributes.set("alpha", { kind: "float", value: 2 });
    expectRefusal(graph, /block 1 from the end.*not the output of a down-projection/);
  });
});
