import { float } from "../../../src/onnx/graph-builder.ts";
import { bytes, int32, int64, type LoweringCase } from "./lowering-case.ts";

/** Sizes of the cases: two sequences, three heads of four; the cache has two tokens, three are new. */
const [B, S, P, H, D] = [2, 3, 2, 4, 8];
const T = P + S;
const WIDTH = H * D;

const QKV = { q: [B, S, WIDTH], k: [B, S, WIDTH], v: [B, S, WIDTH] };
const CACHE = { pastKey: [B, H, P, D], pastValue: [B, H, P, D] };
const PRESENT = ["y", "presentKey", "presentValue"];

const mha = (
  name: string,
  inputs: readonly string[],
  rest: Omit<LoweringCase, "name" | "op" | "inputs">,
): LoweringCase => ({
  name: `MultiHeadAttention ${name}`,
  op: "MultiHeadAttention",
  inputs,
  ...rest,
  attributes: { num_heads: H, ...rest.attributes },
});

const MULTI_HEAD: readonly LoweringCase[] = [
  mha("of separate projections", ["q", "k", "v"], { tensors: QKV }),
  mha("with a bias, a scale and causality", ["q", "k", "v", "bias"], {
    tensors: QKV,
    constants: { bias: [3 * WIDTH] },
    attributes: { scale: 0.3, unidirectional: 1 },
  }),
  mha("of keys and values whose heads are apart", ["q", "k", "v"], {
    tensors: { q: [B, S, WIDTH], k: [B, H, 5, D], v: [B, H, 5, D] },
  }),
  mha("with values of another width", ["q", "k", "v"], {
    tensors: { ...QKV, v: [B, S, H * 6] },
  }),
  mha("with a mask of keys", ["q", "k", "v", "", "mask"], {
    tensors: { ...QKV, mask: int32([B, S], [1, 1, 1, 1, 1, 0]) },
  }),
  mha("with the lengths of the sequences", ["q", "k", "v", "", "mask"], {
    tensors: { ...QKV, mask: int32([B], [3, 2]) },
  }),
  mha("with a mask of queries and keys", ["q", "k", "v", "", "mask"], {
    tensors: { ...QKV, mask: int32([B, S, S], [1, 0, 0, 1, 1, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 1, 0, 1]) },
  }),
  mha("with a cache and a bias of scores", ["q", "k", "v", "", "", "scores", "pastKey", "pastValue"], {
    tensors: { ...QKV, ...CACHE, scores: [1, H, S, T] },
    outputs: PRESENT,
  }),
  mha("with a cache, a mask and causality", ["q", "k", "v", "", "mask", "", "pastKey", "pastValue"], {
    tensors: { ...QKV, ...CACHE, mask: int32([B, T], [1, 1, 1, 1, 1, 0, 1, 1, 1, 1]) },
    outputs: PRESENT,
    attributes: { unidirectional: 1 },
  }),
  mha("with an empty cache", ["q", "k", "v", "", "", "", "pastKey", "pastValue"], {
    tensors: { ...QKV, pastKey: [B, H, 0, D], pastValue: [B, H, 0, D] },
    outputs: PRESENT,
    attributes: { unidirectional: 1 },
  }),
];

const IN = 10;

const attention = (
  name: string,
  inputs: readonly string[],
  rest: Omit<LoweringCase, "name" | "op" | "inputs" | "tensors"> & Partial<Pick<LoweringCase, "tensors">>,
): LoweringCase => ({
  name: `Attention ${name}`,
  op: "Attention",
  inputs,
  ...rest,
  tensors: { x: [B, S, IN], ...rest.tensors },
  constants: { weight: [IN, 3 * WIDTH], bias: [3 * WIDTH], ...rest.constants },
  attributes: { num_heads: H, ...rest.attributes },
});

const PROJECTED: readonly LoweringCase[] = [
  attention("of all tokens", ["x", "weight", "bias"], {}),
  attention("causal, scaled", ["x", "weight", "bias"], {
    attributes: { unidirectional: 1, scale: 0.2 },
  }),
  attention("with values of another width", ["x", "weight", "bias"], {
    constants: { weight: [IN, 2 * WIDTH + 24], bias: [2 * WIDTH + 24] },
    attributes: { qkv_hidden_sizes: [WIDTH, WIDTH, 24] },
  }),
  attention("with a stacked cache and a mask", ["x", "weight", "bias", "mask", "past"], {
    tensors: { past: [2, B, H, P, D], mask: int32([B, T], [0, 1, 1, 1, 1, 1, 1, 1, 1, 1]) },
    outputs: ["y", "present"],
    attributes: { unidirectional: 1, mask_filter_value: float(-3e38) },
  }),
  attention("with an empty stacked cache", ["x", "weight", "bias", "", "past"], {
    tensors: { past: [2, B, H, 0, D] },
    outputs: ["y", "present"],
    attributes: { unidirectional: 1 },
  }),
  attention("with the lengths of the sequences", ["x", "weight", "bias", "mask"], {
    tensors: { mask: int32([B], [2, 3]) },
  }),
  attention("with a mask of queries and keys", ["x", "weight", "bias", "mask"], {
    tensors: { mask: int32([B, S, S], [1, 1, 0, 1, 1, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 1, 0, 1]) },
  }),
  attention("with a bias of scores", ["x", "weight", "bias", "", "", "scores"], {
    tensors: { scores: [1, H, S, S] },
  }),
];

const KV = 2;
const TABLES = { cos: [16, D / 2], sin: [16, D / 2] };

/** Width of a head that onnxruntime's grouped attention rotates: a multiple of 16. */
const G = 16;
const GROUP_TABLES = { cos: [16, G / 2], sin: [16, G / 2] };

const gqa = (
  name: string,
  inputs: readonly string[],
  rest: Partial<Omit<LoweringCase, "name" | "op" | "inputs">> = {},
): LoweringCase => ({
  name: `GroupQueryAttention ${name}`,
  op: "GroupQueryAttention",
  inputs,
  outputs: PRESENT,
  ...rest,
  tensors: {
    q: [1, S, H * G],
    k: [1, S, KV * G],
    v: [1, S, KV * G],
    pastKey: [1, KV, P, G],
    pastValue: [1, KV, P, G],
    ...rest.tensors,
  },
  constants: { lengths: int32([1], [T - 1]), total: int32([], [T]), ...rest.constants },
  attributes: { num_heads: H, kv_num_heads: KV, ...rest.attributes },
});

const GROUPED_INPUTS = ["q", "k", "v", "pastKey", "pastValue", "lengths", "total"];
const ROTATED_INPUTS = [...GROUPED_INPUTS, "cos", "sin"];
const PROMPT = {
  tensors: {
    q: [B, S, H * G],
    k: [B, S, KV * G],
    v: [B, S, KV * G],
    pastKey: [B, KV, 0, G],
    pastValue: [B, KV, 0, G],
  },
  constants: { lengths: int32([B], [S - 1, S - 1]), total: int32([], [S]) },
};
/** One more token behind the cache of two sequences. */
const STEP = {
  tensors: {
    q: [B, 1, H * G],
    k: [B, 1, KV * G],
    v: [B, 1, KV * G],
    pastKey: [B, KV, P, G],
    pastValue: [B, KV, P, G],
  },
  constants: { lengths: int32([B], [P, P]), total: int32([], [P + 1]) },
};

const GROUPED: readonly LoweringCase[] = [
  gqa("behind a cache", GROUPED_INPUTS),
  gqa("on a prompt, with an empty cache", GROUPED_INPUTS, PROMPT),
  gqa("on one token of two sequences", GROUPED_INPUTS, STEP),
  gqa("with a scale and a softcap", GROUPED_INPUTS, { attributes: { scale: 0.4, softcap: 1.5 } }),
  gqa("with a window of 2", GROUPED_INPUTS, { attributes: { local_window_size: 2 } }),
  gqa("with a window of 4", GROUPED_INPUTS, { attributes: { local_window_size: 4 } }),
  gqa("with a window longer than the sequence", GROUPED_INPUTS, { attributes: { local_window_size: 16 } }),
  gqa("with rotary positions inside", ROTATED_INPUTS, {
    constants: GROUP_TABLES,
    attributes: { do_rotary: 1 },
  }),
  gqa("with rotary positions inside, on a prompt", ROTATED_INPUTS, {
    tensors: PROMPT.tensors,
    constants: { ...PROMPT.constants, ...GROUP_TABLES },
    attributes: { do_rotary: 1 },
  }),
  gqa("with interleaved rotary positions inside", ROTATED_INPUTS, {
    constants: GROUP_TABLES,
    attributes: { do_rotary: 1, rotary_interleaved: 1 },
  }),
  gqa("with partial rotary positions inside", ROTATED_INPUTS, {
    tensors: {
      q: [1, S, H * 32],
      k: [1, S, KV * 32],
      v: [1, S, KV * 32],
      pastKey: [1, KV, P, 32],
      pastValue: [1, KV, P, 32],
    },
    constants: { cos: [16, 8], sin: [16, 8] },
    attributes: { do_rotary: 1 },
  }),
  gqa("with positions given", [...ROTATED_INPUTS, "positions"], {
    tensors: { positions: int64([1, S], [5, 6, 7]) },
    constants: GROUP_TABLES,
    attributes: { do_rotary: 1 },
  }),
  gqa("with a bias of scores", [...GROUPED_INPUTS, "", "", "", "scores"], {
    tensors: { scores: [1, H, S, T] },
  }),
  gqa("with a sink for each head", [...GROUPED_INPUTS, "", "", "", "", "sink"], {
    constants: { sink: [H] },
  }),
  gqa("with a smooth softmax", GROUPED_INPUTS, { attributes: { smooth_softmax: 1 } }),
  gqa("of packed queries, keys and values", ["q", "", "", "pastKey", "pastValue", "lengths", "total"], {
    tensors: { q: [1, S, (H + 2 * KV) * G] },
  }),
  gqa(
    "packed, with rotary positions",
    ["q", "", "", "pastKey", "pastValue", "lengths", "total", "cos", "sin"],
    {
      tensors: { q: [1, S, (H + 2 * KV) * G] },
      constants: GROUP_TABLES,
      attributes: { do_rotary: 1 },
    },
  ),
  gqa("with as many key heads as query heads", GROUPED_INPUTS, {
    tensors: {
      k: [1, S, H * G],
      v: [1, S, H * G],
      pastKey: [1, H, P, G],
      pastValue: [1, H, P, G],
    },
    attributes: { kv_num_heads: H },
  }),
];

const rotary = (name: string, rest: Partial<LoweringCase> & Pick<LoweringCase, "tensors">): LoweringCase => ({
  name: `RotaryEmbedding ${name}`,
  op: "RotaryEmbedding",
  inputs: ["x", "positions", "cos", "sin"],
  constants: TABLES,
  ...rest,
  tensors: { positions: int64([B, S], [0, 1, 2, 4, 5, 6]), ...rest.tensors },
});

const ROTARY: readonly LoweringCase[] = [
  rotary("of heads side by side", { tensors: { x: [B, S, WIDTH] } }),
  rotary("of heads apart", { tensors: { x: [B, H, S, D] } }),
  rotary("interleaved", { tensors: { x: [B, S, WIDTH] }, attributes: { interleaved: 1 } }),
  rotary("of a part of each head", {
    tensors: { x: [B, S, WIDTH] },
    constants: { cos: [16, 2], sin: [16, 2] },
    attributes: { num_heads: H, rotary_embedding_dim: 4 },
  }),
  rotary("from one offset", { tensors: { x: [B, S, WIDTH], positions: int64([1], [3]) } }),
];

const standard = (
  name: string,
  rest: Partial<Omit<LoweringCase, "name">> & Pick<LoweringCase, "inputs" | "tensors">,
): LoweringCase => ({
  op: "Attention",
  domain: "",
  opset: 23,
  ...rest,
  name: `standard ${rest.op ?? "Attention"} ${name}`,
});

const FLAT = { q: [B, S, WIDTH], k: [B, S, KV * D], v: [B, S, KV * 6] };
const APART = { q: [B, H, S, D], k: [B, KV, S, D], v: [B, KV, S, D] };
const COUNTS = { q_num_heads: H, kv_num_heads: KV };

const STANDARD: readonly LoweringCase[] = [
  standard("of flat heads", { inputs: ["q", "k", "v"], tensors: FLAT, attributes: COUNTS }),
  standard("of heads apart, causal, scaled", {
    inputs: ["q", "k", "v"],
    tensors: APART,
    attributes: { is_causal: 1, scale: 0.3 },
  }),
  standard("with a softcap and a mask of floats", {
    inputs: ["q", "k", "v", "mask"],
    tensors: { ...APART, mask: [1, 1, S, S] },
    attributes: { softcap: 1.5 },
  }),
  standard("with a mask of truth values", {
    inputs: ["q", "k", "v", "mask"],
    tensors: { ...APART, mask: bytes("bool", [S, S], [1, 0, 0, 1, 1, 0, 0, 1, 1]) },
  }),
  standard("with a cache", {
    inputs: ["q", "k", "v", "", "pastKey", "pastValue"],
    tensors: { ...APART, pastKey: [B, KV, P, D], pastValue: [B, KV, P, D] },
    outputs: PRESENT,
    attributes: { is_causal: 1 },
  }),
  standard("with a scattered cache and its lengths", {
    opset: 24,
    inputs: ["q", "k", "v", "", "", "", "lengths"],
    tensors: {
      q: [B, H, S, D],
      k: [B, KV, 6, D],
      v: [B, KV, 6, D],
      lengths: int64([B], [4, 6]),
    },
  }),
  standard("of heads side by side", {
    op: "RotaryEmbedding",
    inputs: ["x", "cos", "sin", "positions"],
    tensors: { x: [B, S, WIDTH], positions: int64([B, S], [0, 1, 2, 4, 5, 6]) },
    constants: TABLES,
    attributes: { num_heads: H },
  }),
  standard("of heads apart, interleaved, without positions", {
    op: "RotaryEmbedding",
    inputs: ["x", "cos", "sin"],
    tensors: { x: [B, H, S, D], cos: [B, S, D / 2], sin: [B, S, D / 2] },
    attributes: { interleaved: 1 },
  }),
  standard("of a part of each head", {
    op: "RotaryEmbedding",
    inputs: ["x", "cos", "sin", "positions"],
    tensors: { x: [B, H, S, D], positions: int64([B, S], [0, 1, 2, 4, 5, 6]) },
    constants: { cos: [16, 2], sin: [16, 2] },
    attributes: { rotary_embedding_dim: 4 },
  }),
  standard("from the start", {
    op: "TensorScatter",
    opset: 24,
    inputs: ["cache", "update"],
    tensors: { cache: [B, KV, 6, D], update: [B, KV, S, D] },
  }),
  standard("behind what is there", {
    op: "TensorScatter",
    opset: 24,
    inputs: ["cache", "update", "starts"],
    tensors: { cache: [B, KV, 6, D], update: [B, KV, S, D], starts: int64([B], [1, 3]) },
  }),
  standard("in a circle", {
    op: "TensorScatter",
    opset: 24,
    inputs: ["cache", "update", "starts"],
    tensors: { cache: [B, KV, 6, D], update: [B, KV, S, D], starts: int64([B], [5, 2]) },
    attributes: { mode: "circular" },
  }),
];

/** Every form of attention, of rotary positions and of caches. */
export const ATTENTION_CASES: readonly LoweringCase[] = [
  ...MULTI_HEAD,
  ...PROJECTED,
  ...GROUPED,
  ...ROTARY,
  ...STANDARD,
];
