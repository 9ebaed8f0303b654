import { describe, expect, it } from "vitest";
import { GraphBuilder } from "../../../src/onnx/graph-builder.ts";
import { lowerGraph } from "../../../src/onnx/lower/lower-graph.ts";
import { appendNode, bytes, graphOf, int32, type LoweringCase } from "./lowering-case.ts";

const X = { x: [2, 3, 16] };
const HEADS = { q: [1, 3, 64], k: [1, 3, 64], v: [1, 3, 64] };

interface Refused extends Omit<LoweringCase, "name"> {
  /** What the message says of the node, and how to export without it. */
  readonly what: string;
  readonly instead: string;
}

const REFUSED: readonly Refused[] = [
  {
    op: "MultiHeadAttention",
    inputs: ["packed"],
    tensors: { packed: [1, 3, 2, 3, 8] },
    attributes: { num_heads: 2 },
    what: "packed queries, keys and values",
    instead: "CPU execution provider",
  },
  {
    op: "MultiHeadAttention",
    inputs: ["q", "k", "v", "", "", "", "", "", "length"],
    tensors: { ...HEADS, length: int32([1], [3]) },
    attributes: { num_heads: 4 },
    what: "shares its buffer",
    instead: "without past_present_share_buffer",
  },
  {
    op: "Attention",
    inputs: ["x", "w"],
    tensors: { ...X, w: [16, 48] },
    attributes: { num_heads: 2 },
    what: "projections without a bias",
    instead: "without optimisation",
  },
  {
    op: "Attention",
    inputs: ["x", "w", "b"],
    tensors: { ...X, w: [16, 48], b: [48] },
    attributes: { num_heads: 2, do_rotary: 1 },
    what: "rotary positions inside",
    instead: "GroupQueryAttention",
  },
  {
    op: "GroupQueryAttention",
    inputs: ["q", "k", "v", "", "", "lengths", "total", "", "", "", "", "", "kScale"],
    tensors: { ...HEADS, lengths: int32([1], [2]), total: int32([], [3]), kScale: [1] },
    attributes: { num_heads: 4, kv_num_heads: 4 },
    what: "a quantised cache",
    instead: "CPU execution provider",
  },
  {
    op: "GroupQueryAttention",
    inputs: ["q", "k", "v", "", "", "lengths", "total"],
    tensors: { ...HEADS, lengths: int32([1], [2]), total: int32([], [3]) },
    attributes: { num_heads: 4, kv_num_heads: 4, sliding_window_cache: 1, local_window_size: 2 },
    what: "a cache that drops old tokens",
    instead: "a cache of the whole sequence",
  },
  {
    op: "RotaryEmbedding",
    inputs: ["x", "positions", "cos", "sin"],
    tensors: { ...X, positions: [2, 3], cos: [4, 4], sin: [4, 4] },
    attributes: { is_packed_batching: 1 },
    what: "packed batches",
    instead: "one sequence a row",
  },
  {
    op: "MatMulNBits",
    inputs: ["x", "packed", "scales"],
    tensors: { ...X, packed: bytes("uint8", [2, 1, 8], new Array(16).fill(1)), scales: [2, 1] },
    attributes: { K: 16, N: 2, bits: 4, block_size: 16 },
    what: "a quantised weight that is computed",
    instead: "with weights inside",
  },
  {
    op: "MatMulNBits",
    inputs: ["x", "packed", "scales", "", "groups"],
    tensors: X,
    constants: {
      packed: bytes("uint8", [2, 1, 8], new Array(16).fill(1)),
      scales: [2, 1],
      groups: int32([16], new Array(16).fill(0)),
    },
    attributes: { K: 16, N: 2, bits: 4, block_size: 16 },
    what: "g_idx",
    instead: "without act_order",
  },
  {
    op: "MatMulInteger",
    domain: "",
    inputs: ["a", "b"],
    tensors: { a: bytes("uint8", [1, 1], [1]), b: bytes("uint8", [1, 1], [1]) },
    what: "an integer product that no scale follows",
    instead: "QDQ format",
  },
  {
    op: "SkipLayerNormalization",
    inputs: ["x", "x", "gain"],
    outputs: ["y", "mean"],
    tensors: X,
    constants: { gain: [16] },
    what: "the norm's statistics",
    instead: "for inference",
  },
  {
    op: "DecoderMaskedMultiHeadAttention",
    inputs: ["x"],
    tensors: X,
    what: "without a standard form",
    instead: "without optimisation",
  },
];

describe("a node without a standard form", () => {
  it.each(REFUSED)("is refused by name: $op with $what", ({ what, instead, ...test }) => {
    const { graph } = graphOf({ name: "", ...test });
    const result = lowerGraph(graph);
    expect(result).toMatchObject({ ok: false, problem: { code: "unsupported_operator" } });
    const { message } = (result as Extract<typeof result, { ok: false }>).problem;
    const first = graph.inputs[0]!.type;
    expect(message).toContain(
      `${test.domain === "" ? "" : "com.microsoft."}${test.op} at node "the ${test.op}"`,
    );
    expect(message).toContain(`(${first})`);
    expect(message).toContain(what);
    expect(message).toContain(instead);
  });

  it("is named with every other one", () => {
    const graph = GraphBuilder.empty("two", 21);
    graph.opsets.set("com.microsoft", 1);
    const builder = new GraphBuilder(graph);
    builder.input("x", "float16", [1]);
    for (const op of ["First", "Second"]) appendNode(builder, { op }, ["x"], [op]);
    const result = lowerGraph(graph);
    const { problem } = result as Extract<typeof result, { ok: false }>;
    expect(problem.message).toContain('com.microsoft.First at node "the First of First" (float16)');
    expect(problem.message).toContain('com.microsoft.Second at node "the Second of Second" (float16)');
    expect(problem.detail).toMatchObject({ operator: "com.microsoft.First", count: 2 });
  });
});
