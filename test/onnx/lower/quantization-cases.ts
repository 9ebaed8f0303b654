import type { GraphBuilder } from "../../../src/onnx/graph-builder.ts";
import type { OfflineTensor } from "../../../src/onnx/offline-session.ts";
import { bytes, int32, int64, type LoweringCase, wholeNumbers } from "./lowering-case.ts";

/** Sizes of the cases: two sequences of three tokens, 40 channels in, 12 out. */
const [B, S, K, N] = [2, 3, 40, 12];

const X = { x: [B, S, K] };

const random = (shape: readonly number[], below = 256) =>
  bytes(
    "uint8",
    shape,
    wholeNumbers(
      shape.reduce((product, size) => product * size, 1),
      below,
    ),
  );

const int8 = (shape: readonly number[]): OfflineTensor => ({
  ...random(shape),
  type: "int8",
  data: Int8Array.from(
    wholeNumbers(
      shape.reduce((product, size) => product * size, 1),
      256,
    ),
    (value) => value - 128,
  ),
});

/** Signed weights of 7 bits: with 8, processors without VNNI instructions overflow where pairs are summed. */
const int7 = (shape: readonly number[]): OfflineTensor => ({
  ...random(shape, 128),
  type: "int8",
  data: Int8Array.from(random(shape, 128).data as Uint8Array, (value) => value - 64),
});

const nBits = (
  name: string,
  { bits = 4, block = 16, accuracy = 0 }: { bits?: number; block?: number; accuracy?: number },
  rest: Partial<LoweringCase> = {},
): LoweringCase => {
  const blocks = Math.ceil(K / block);
  return {
    name: `MatMulNBits ${name}`,
    op: "MatMulNBits",
    inputs: ["x", "packed", "scales"],
    tensors: X,
    attributes: { K, N, bits, block_size: block, accuracy_level: accuracy },
    ...rest,
    constants: {
      packed: random([N, blocks, (block * bits) / 8]),
      scales: [N, blocks],
      zeros: random([N, Math.ceil((blocks * bits) / 8)]),
      floatZeros: [N, blocks],
      bias: [N],
    },
  };
};

const PACKED: readonly LoweringCase[] = [
  nBits("of 4 bits in blocks of 16", {}),
  nBits("of 4 bits in blocks of 32, the last not full", { block: 32 }),
  nBits("of 4 bits in one block of 64", { block: 64 }),
  nBits("with zero points", {}, { inputs: ["x", "packed", "scales", "zeros"] }),
  nBits("with zero points, blocks of 32", { block: 32 }, { inputs: ["x", "packed", "scales", "zeros"] }),
  nBits("with zero points that are floats", {}, { inputs: ["x", "packed", "scales", "floatZeros"] }),
  nBits("with a bias", {}, { inputs: ["x", "packed", "scales", "", "", "bias"] }),
  nBits("of 8 bits", { bits: 8 }),
  nBits("of 8 bits with zero points", { bits: 8 }, { inputs: ["x", "packed", "scales", "zeros"] }),
  nBits("of 2 bits", { bits: 2, block: 32 }),
  // Rounds x to 8 bits by itself: a hundredth of what is summed.
  nBits("that rounds its operand", { accuracy: 4, block: 32 }, { tolerance: 0.25 }),
];

const ROWS = 7;
const IDS = { ids: int64([B, S], [0, 6, 3, 2, 2, 5]) };

const LOOKUPS: readonly LoweringCase[] = [
  {
    name: "GatherBlockQuantized of packed 4 bits",
    op: "GatherBlockQuantized",
    inputs: ["table", "ids", "scales"],
    tensors: IDS,
    constants: { table: random([ROWS, 16]), scales: [ROWS, 2] },
    attributes: { bits: 4, block_size: 16, gather_axis: 0, quantize_axis: 1 },
  },
  {
    name: "GatherBlockQuantized of packed 8 bits with zero points",
    op: "GatherBlockQuantized",
    inputs: ["table", "ids", "scales", "zeros"],
    tensors: IDS,
    constants: { table: random([ROWS, 32]), scales: [ROWS, 2], zeros: random([ROWS, 2]) },
    attributes: { bits: 8, block_size: 16, gather_axis: 0, quantize_axis: 1 },
  },
  {
    name: "GatherBlockQuantized of 4-bit integers",
    op: "GatherBlockQuantized",
    inputs: ["table", "ids", "scales", "zeros"],
    tensors: IDS,
    constants: {
      table: { ...random([ROWS * 16]), type: "uint4", shape: [ROWS, 32] },
      scales: [ROWS, 2],
      zeros: { ...random([ROWS]), type: "uint4", shape: [ROWS, 2] },
    },
    attributes: { block_size: 16, gather_axis: 0, quantize_axis: 1 },
  },
];

const product = (builder: GraphBuilder, inputs: readonly string[]): string =>
  builder.op("MatMul", ["x", inputs[0]!], {}, "product");

const weight = (
  name: string,
  constants: NonNullable<LoweringCase["constants"]>,
  rest: Partial<LoweringCase> = {},
): LoweringCase => ({
  op: "DequantizeLinear",
  domain: "",
  inputs: Object.keys(constants),
  tensors: X,
  constants,
  after: (builder) => product(builder, ["y"]),
  ...rest,
  name: `DequantizeLinear ${name}`,
});

const DEQUANTIZED: readonly LoweringCase[] = [
  weight("of a weight with one scale", { w: int8([K, N]), scale: [] }),
  weight("of a weight with one scale and zero point", {
    w: random([K, N]),
    scale: [],
    zero: bytes("uint8", [], [131]),
  }),
  weight(
    "of a weight with a scale a column",
    { w: int8([K, N]), scale: [N], zero: int8([N]) },
    { attributes: { axis: 1 } },
  ),
  weight("of a weight with a scale a row", { w: int8([K, N]), scale: [K] }, { attributes: { axis: 0 } }),
  weight(
    "of a weight of 4 bits in blocks",
    { w: { ...random([(K * N) / 2]), type: "uint4", shape: [K, N] }, scale: [5, N] },
    { attributes: { axis: 0, block_size: 8 } },
  ),
  weight(
    "of signed 4 bits in blocks along rows",
    { w: { ...random([(K * N) / 2]), type: "int4", shape: [K, N] }, scale: [K, 2] },
    { attributes: { axis: 1, block_size: 6 } },
  ),
  {
    name: "DequantizeLinear of a bias of 32 bits",
    op: "DequantizeLinear",
    domain: "",
    inputs: ["b", "scale"],
    tensors: X,
    constants: { b: int32([K], wholeNumbers(K, 4000)), scale: [] },
    after: (builder) => builder.op("Add", ["x", "y"], {}, "sum"),
  },
  {
    name: "DequantizeLinear of rows that were looked up",
    op: "DequantizeLinear",
    domain: "",
    inputs: ["rows", "scale", "zero"],
    tensors: IDS,
    constants: { table: random([ROWS, K]), scale: [], zero: bytes("uint8", [], [120]) },
    before: (builder) => builder.op("Gather", ["table", "ids"], {}, "rows"),
  },
];

/** Dynamic quantisation of x, its product with an integer weight, and the scales behind. */
const dynamicProduct = (
  name: string,
  constants: NonNullable<LoweringCase["constants"]>,
  tolerance: number,
): LoweringCase => ({
  name: `MatMulInteger ${name}`,
  op: "MatMulInteger",
  domain: "",
  inputs: ["quantized", "w", "zeroPoint", ...("wZero" in constants ? ["wZero"] : [])],
  outputs: ["integers"],
  tensors: X,
  constants,
  tolerance,
  before: (builder) =>
    builder.node("DynamicQuantizeLinear", ["x"], 3, {}, ["quantized", "xScale", "zeroPoint"]),
  after: (builder) => {
    const scales = builder.op("Mul", ["xScale", "wScale"]);
    return builder.op("Mul", [builder.op("Cast", ["integers"], { to: 1 }), scales], {}, "y");
  },
});

/** Half a step of x, 1/255, on each of K products with weights up to 64 steps of their scale. */
const rounding = (scale: number) => (K * 64 * scale) / 255;
const filled = (shape: readonly number[], value: number): OfflineTensor => ({
  type: "float32",
  shape,
  data: new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(value),
});

const INTEGER: readonly LoweringCase[] = [
  dynamicProduct("of one scale", { w: int7([K, N]), wScale: filled([1], 0.01) }, rounding(0.01)),
  dynamicProduct(
    "of a scale and a zero point a column",
    { w: int7([K, N]), wScale: filled([N], 0.01), wZero: int7([N]) },
    2 * rounding(0.01),
  ),
  {
    name: "MatMulIntegerToFloat",
    op: "MatMulIntegerToFloat",
    inputs: ["quantized", "w", "xScale", "wScale", "zeroPoint", "", "bias"],
    tensors: X,
    constants: { w: int7([K, N]), wScale: filled([1], 0.01), bias: [N] },
    tolerance: rounding(0.01),
    before: (builder) =>
      builder.node("DynamicQuantizeLinear", ["x"], 3, {}, ["quantized", "xScale", "zeroPoint"]),
  },
  {
    name: "DynamicQuantizeMatMul",
    op: "DynamicQuantizeMatMul",
    inputs: ["x", "w", "wScale", "wZero", "bias"],
    tensors: X,
    constants: { w: int7([K, N]), wScale: filled([1], 0.01), wZero: int7([1]), bias: [N] },
    tolerance: 2 * rounding(0.01),
  },
  {
    name: "QuantizeLinear and what dequantises it",
    op: "QuantizeLinear",
    domain: "",
    inputs: ["x", "scale", "zero"],
    outputs: ["quantized"],
    tensors: X,
    constants: { scale: filled([], 2 / 255), zero: bytes("uint8", [], [128]) },
    tolerance: 2 / 255,
    after: (builder) => builder.op("DequantizeLinear", ["quantized", "scale", "zero"], {}, "y"),
  },
  {
    name: "QAttention",
    op: "QAttention",
    inputs: ["quantized", "w", "bias", "xScale", "wScale", "", "zeroPoint", "wZero", "past"],
    outputs: ["y", "present"],
    tensors: { ...X, past: [2, B, 2, 2, 6] },
    constants: { w: int7([K, 36]), wScale: filled([1], 0.002), wZero: int7([1]), bias: [36] },
    attributes: { num_heads: 2, unidirectional: 1 },
    tolerance: 2 * rounding(0.002),
    before: (builder) =>
      builder.node("DynamicQuantizeLinear", ["x"], 3, {}, ["quantized", "xScale", "zeroPoint"]),
  },
];

const fusedMatMul = (
  name: string,
  tensors: LoweringCase["tensors"],
  attributes: NonNullable<LoweringCase["attributes"]>,
): LoweringCase => ({
  name: `FusedMatMul ${name}`,
  op: "FusedMatMul",
  inputs: ["a", "b"],
  tensors,
  attributes,
});

const FUSED: readonly LoweringCase[] = [
  fusedMatMul("with a factor", { a: [B, 4, 5], b: [B, 5, 6] }, { alpha: 0.25 }),
  fusedMatMul("of transposed operands", { a: [B, 5, 4], b: [B, 6, 5] }, { transA: 1, transB: 1, alpha: 0.5 }),
];

/** Every quantised form, and the fused product. */
export const QUANTIZATION_CASES: readonly LoweringCase[] = [
  ...PACKED,
  ...LOOKUPS,
  ...DEQUANTIZED,
  ...INTEGER,
  ...FUSED,
];
