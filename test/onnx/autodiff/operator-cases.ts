import { float, type GraphBuilder } from "../../../src/onnx/graph-builder.ts";
import { integerTensor } from "../../../src/onnx/offline-session.ts";
import { CAST_TO, constantOf, type OperatorCase } from "./finite-differences.ts";

const binary = (op: string) => (b: GraphBuilder) => b.op(op, ["a", "b"]);
const unary =
  (op: string, attributes: Parameters<GraphBuilder["op"]>[2] = {}) =>
  (b: GraphBuilder) =>
    b.op(op, ["x"], attributes);
const X = { x: [3, 4] };
const POSITIVE = [0.3, 2] as const;

const ARITHMETIC: readonly OperatorCase[] = [
  { name: "Add of equal shapes", inputs: { a: [2, 3], b: [2, 3] }, build: binary("Add") },
  { name: "Add of a bias", inputs: { a: [2, 3, 4], b: [4] }, build: binary("Add") },
  { name: "Add that broadcasts both sides", inputs: { a: [3, 1], b: [2, 1, 4] }, build: binary("Add") },
  { name: "Add of a tensor to itself", inputs: { a: [2, 3] }, build: (b) => b.op("Add", ["a", "a"]) },
  {
    name: "Sum of three",
    inputs: { a: [2, 3], b: [3], c: [1, 1] },
    build: (b) => b.op("Sum", ["a", "b", "c"]),
  },
  { name: "Sub with a scalar", inputs: { a: [], b: [2, 3] }, build: binary("Sub") },
  { name: "Mul that broadcasts", inputs: { a: [2, 1, 3], b: [4, 1] }, build: binary("Mul") },
  { name: "Mul of a tensor with itself", inputs: { a: [2, 3] }, build: (b) => b.op("Mul", ["a", "a"]) },
  { name: "Div that broadcasts", inputs: { a: [4, 3], b: [3] }, range: POSITIVE, build: binary("Div") },
  {
    name: "Pow with a tensor exponent",
    inputs: { a: [2, 3], b: [3] },
    range: POSITIVE,
    build: binary("Pow"),
  },
  {
    name: "Pow with the constant 2 of negative numbers",
    inputs: X,
    build: (b, type) => b.op("Pow", ["x", constantOf(b, type, [], [2])]),
  },
  {
    name: "Pow with an integer exponent of another type",
    inputs: X,
    fixed: { p: integerTensor([], [3]) },
    build: (b) => b.op("Pow", ["x", "p"]),
  },
  { name: "Max of two, broadcast", inputs: { a: [3, 4], b: [4] }, build: binary("Max") },
  { name: "Max at a tie", inputs: { a: [3, 4] }, build: (b) => b.op("Max", ["a", "a"]) },
  {
    name: "Min of three",
    inputs: { a: [3, 4], b: [3, 4], c: [4] },
    build: (b) => b.op("Min", ["a", "b", "c"]),
  },
  {
    name: "Where with a broadcast condition and branch",
    inputs: { a: [2, 3, 4], b: [4] },
    fixed: { c: { type: "bool", shape: [3, 1], data: Uint8Array.of(1, 0, 1) } },
    build: (b) => b.op("Where", ["c", "a", "b"]),
  },
];

const FUNCTIONS: readonly OperatorCase[] = [
  { name: "Neg", inputs: X, build: unary("Neg") },
  { name: "Sqrt", inputs: X, range: POSITIVE, build: unary("Sqrt") },
  { name: "Reciprocal", inputs: X, range: POSITIVE, build: unary("Reciprocal") },
  { name: "Exp", inputs: X, build: unary("Exp") },
  { name: "Log", inputs: X, range: POSITIVE, build: unary("Log") },
  { name: "Tanh", inputs: X, range: [-3, 3], build: unary("Tanh") },
  { name: "Erf", inputs: X, range: [-2, 2], type: "float32", build: unary("Erf") },
  { name: "Sigmoid", inputs: X, range: [-4, 4], build: unary("Sigmoid") },
  { name: "Relu", inputs: X, build: unary("Relu") },
  { name: "Abs", inputs: X, build: unary("Abs") },
  { name: "Cos", inputs: X, range: [-3, 3], build: unary("Cos") },
  { name: "Sin", inputs: X, range: [-3, 3], build: unary("Sin") },
  {
    name: "Clip on both sides",
    inputs: X,
    build: (b, type) => b.op("Clip", ["x", constantOf(b, type, [], [-0.5]), constantOf(b, type, [], [0.4])]),
  },
  {
    name: "Clip from above only",
    inputs: X,
    build: (b, type) => b.op("Clip", ["x", "", constantOf(b, type, [], [0.1])]),
  },
  { name: "Gelu, exact", inputs: X, range: [-3, 3], type: "float32", build: unary("Gelu") },
  {
    name: "Gelu by tanh",
    inputs: X,
    range: [-3, 3],
    type: "float32",
    build: unary("Gelu", { approximate: "tanh" }),
  },
];

const PRODUCTS: readonly OperatorCase[] = [
  { name: "MatMul of matrices", inputs: { a: [3, 4], b: [4, 2] }, build: binary("MatMul") },
  { name: "MatMul of a batch by one matrix", inputs: { a: [2, 3, 4], b: [4, 5] }, build: binary("MatMul") },
  { name: "MatMul of two batches", inputs: { a: [2, 2, 3, 4], b: [2, 2, 4, 2] }, build: binary("MatMul") },
  { name: "MatMul of broadcast batches", inputs: { a: [2, 1, 3, 4], b: [3, 4, 2] }, build: binary("MatMul") },
  { name: "MatMul of one matrix by a batch", inputs: { a: [3, 4], b: [2, 4, 2] }, build: binary("MatMul") },
  { name: "MatMul of vectors", inputs: { a: [4], b: [4] }, build: binary("MatMul") },
  { name: "MatMul of a vector by a batch", inputs: { a: [4], b: [2, 4, 3] }, build: binary("MatMul") },
  { name: "MatMul of a batch by a vector", inputs: { a: [2, 3, 4], b: [4] }, build: binary("MatMul") },
  ...[0, 1].flatMap((transA) =>
    [0, 1].map(
      (transB): OperatorCase => ({
        name: `Gemm with transA ${transA}, transB ${transB}, alpha, beta and a bias`,
        inputs: { a: transA ? [4, 3] : [3, 4], b: transB ? [2, 4] : [4, 2], c: [2] },
        build: (b) => b.op("Gemm", ["a", "b", "c"], { transA, transB, alpha: 0.7, beta: float(-1.5) }),
      }),
    ),
  ),
  { name: "Gemm without a bias", inputs: { a: [3, 4], b: [4, 2] }, build: binary("Gemm") },
  {
    name: "Gemm with a column bias",
    inputs: { a: [3, 4], b: [4, 2], c: [3, 1] },
    build: (b) => b.op("Gemm", ["a", "b", "c"]),
  },
];

const REDUCTIONS: readonly OperatorCase[] = [
  { name: "ReduceSum of all axes", inputs: X, build: unary("ReduceSum", { keepdims: 0 }) },
  {
    name: "ReduceSum of a negative axis, dropped",
    inputs: { x: [2, 3, 4] },
    build: (b) => b.op("ReduceSum", ["x", b.ints([-2])], { keepdims: 0 }),
  },
  {
    name: "ReduceSum that reduces nothing",
    inputs: X,
    build: (b) => b.op("ReduceSum", ["x", b.ints([])], { noop_with_empty_axes: 1 }),
  },
  {
    name: "ReduceMean by axes input",
    inputs: { x: [2, 3, 4] },
    build: (b) => b.op("ReduceMean", ["x", b.ints([0, -1])]),
  },
  {
    name: "ReduceMean by axes attribute, as before opset 18",
    inputs: { x: [2, 3, 4] },
    opset: 17,
    build: unary("ReduceMean", { axes: [-1], keepdims: 1 }),
  },
  { name: "ReduceMax", inputs: X, build: (b) => b.op("ReduceMax", ["x", b.ints([1])], { keepdims: 0 }) },
  {
    name: "ReduceMax at a tie",
    inputs: X,
    build: (b) => b.op("ReduceMax", [b.op("Concat", ["x", "x"], { axis: 1 }), b.ints([1])]),
  },
  { name: "ReduceMin", inputs: X, build: (b) => b.op("ReduceMin", ["x", b.ints([0])]) },
  {
    name: "ReduceLogSumExp of one axis",
    inputs: X,
    build: (b) => b.op("ReduceLogSumExp", ["x", b.ints([-1])], { keepdims: 0 }),
  },
  { name: "ReduceLogSumExp of all axes", inputs: X, build: unary("ReduceLogSumExp") },
];

const NORMALIZATIONS: readonly OperatorCase[] = [
  { name: "Softmax of the last axis", inputs: { x: [2, 3, 4] }, build: unary("Softmax") },
  { name: "Softmax of a middle axis", inputs: { x: [2, 3, 4] }, build: unary("Softmax", { axis: 1 }) },
  { name: "LogSoftmax", inputs: { x: [2, 3, 4] }, build: unary("LogSoftmax", { axis: -1 }) },
  {
    name: "LogSoftmax of which a few elements are picked twice",
    inputs: X,
    fixed: { i: integerTensor([3, 3], [0, 0, 1, 3, 2, 3, 1, 1, 1]) },
    build: (b) => b.op("GatherElements", [b.op("LogSoftmax", ["x"]), "i"], { axis: 1 }),
  },
  {
    name: "LogSoftmax read both whole and by picking",
    inputs: X,
    fixed: { i: integerTensor([3, 1], [0, 2, 3]) },
    build: (b) => {
      const y = b.op("LogSoftmax", ["x"]);
      return b.op("Mul", [y, b.op("GatherElements", [y, "i"], { axis: 1 })]);
    },
  },
  {
    name: "LogSoftmax picked from along another axis",
    inputs: X,
    fixed: { i: integerTensor([1, 4], [0, 2, 1, 1]) },
    build: (b) => b.op("GatherElements", [b.op("LogSoftmax", ["x"]), "i"], { axis: 0 }),
  },
  {
    name: "LayerNormalization with scale and bias",
    inputs: { x: [2, 3, 5], s: [5], b: [5] },
    build: (b) => b.op("LayerNormalization", ["x", "s", "b"], { epsilon: 1e-5 }),
  },
  {
    name: "LayerNormalization in float32, with the statistics it saves",
    inputs: { x: [2, 3, 5], s: [5], b: [5] },
    type: "float32",
    build: (b) => b.op("LayerNormalization", ["x", "s", "b"], { epsilon: 1e-3 }),
  },
  {
    name: "LayerNormalization over two axes without bias",
    inputs: { x: [3, 2, 4], s: [2, 4] },
    build: (b) => b.op("LayerNormalization", ["x", "s"], { axis: 1 }),
  },
];

const GATHERS: readonly OperatorCase[] = [
  {
    name: "Gather of rows, one of them three times",
    inputs: { x: [5, 3] },
    fixed: { i: integerTensor([2, 3], [1, 4, 1, 0, 1, 3]) },
    build: (b) => b.op("Gather", ["x", "i"]),
  },
  {
    name: "Gather along the last axis with negative indices",
    inputs: { x: [2, 3, 4] },
    fixed: { i: integerTensor([3], [-1, 0, -1]) },
    build: (b) => b.op("Gather", ["x", "i"], { axis: -1 }),
  },
  {
    name: "Gather of one place, its axis dropped",
    inputs: { x: [2, 3, 4] },
    fixed: { i: integerTensor([], [2]) },
    build: (b) => b.op("Gather", ["x", "i"], { axis: 1 }),
  },
  {
    name: "Gather twice from one table that is also read whole",
    inputs: { x: [4, 3] },
    fixed: { i: integerTensor([2], [1, 1]), j: integerTensor([2], [1, 3]) },
    build: (b) =>
      b.op("Concat", [b.op("Gather", ["x", "i"]), b.op("Gather", ["x", "j"]), b.op("Exp", ["x"])], {
        axis: 0,
      }),
  },
  {
    name: "GatherElements with repeated places",
    inputs: { x: [3, 4] },
    fixed: { i: integerTensor([2, 4], [0, 2, 0, 1, 0, 2, 2, 1]) },
    build: (b) => b.op("GatherElements", ["x", "i"], { axis: 0 }),
  },
];

const LAYOUTS: readonly OperatorCase[] = [
  { name: "Reshape", inputs: X, build: (b) => b.op("Reshape", ["x", b.ints([2, -1])]) },
  { name: "Squeeze", inputs: { x: [2, 1, 3] }, build: (b) => b.op("Squeeze", ["x", b.ints([1])]) },
  { name: "Unsqueeze", inputs: X, build: (b) => b.op("Unsqueeze", ["x", b.ints([0, 3])]) },
  { name: "Flatten", inputs: { x: [2, 3, 2] }, build: unary("Flatten", { axis: 2 }) },
  { name: "Identity", inputs: X, build: unary("Identity") },
  { name: "Transpose by a cycle", inputs: { x: [2, 3, 4] }, build: unary("Transpose", { perm: [1, 2, 0] }) },
  { name: "Transpose by default", inputs: { x: [2, 3, 4] }, build: unary("Transpose") },
  { name: "Expand", inputs: { x: [3, 1] }, build: (b) => b.op("Expand", ["x", b.ints([2, 3, 4])]) },
  {
    name: "Cast to float64 and back",
    inputs: X,
    type: "float32",
    build: (b) =>
      b.op("Cast", [b.op("Exp", [b.op("Cast", ["x"], { to: CAST_TO.float64 })])], { to: CAST_TO.float32 }),
  },
  {
    name: "CastLike",
    inputs: { x: [2, 3], y: [2, 3] },
    build: (b) => b.op("Mul", [b.op("CastLike", ["x", "y"]), "y"]),
  },
  {
    name: "Concat along a middle axis",
    inputs: { a: [2, 1, 3], b: [2, 2, 3], c: [2, 3, 3] },
    build: (b) => b.op("Concat", ["a", "b", "c"], { axis: -2 }),
  },
  {
    name: "Split of which one part is unused",
    inputs: { x: [2, 6] },
    build: (b) => {
      const [first, , last] = b.node("Split", ["x", b.ints([1, 3, 2])], 3, { axis: 1 });
      return b.op("Concat", [last!, b.op("Exp", [first!])], { axis: 1 });
    },
  },
  {
    name: "Trilu, lower",
    inputs: { x: [3, 3] },
    build: (b) => b.op("Trilu", ["x", b.ints([0])], { upper: 0 }),
  },
];

const slice =
  (starts: readonly number[], ends: readonly number[], axes?: readonly number[], steps?: readonly number[]) =>
  (b: GraphBuilder) =>
    b.op("Slice", ["x", ...[starts, ends, axes, steps].flatMap((v) => (v === undefined ? [] : [b.ints(v)]))]);

const SLICES: readonly OperatorCase[] = [
  { name: "Slice of a middle stretch", inputs: { x: [2, 5] }, build: slice([1], [4], [1]) },
  { name: "Slice with negative bounds", inputs: { x: [2, 5] }, build: slice([-3], [-1], [-1]) },
  { name: "Slice to past the end", inputs: { x: [2, 5] }, build: slice([2], [2 ** 40], [1]) },
  { name: "Slice of two leading axes by default", inputs: { x: [3, 5] }, build: slice([1, 2], [3, 4]) },
  { name: "Slice with step 2", inputs: { x: [2, 5] }, build: slice([0], [5], [1], [2]) },
  {
    name: "Slice backwards on one axis and plain on another",
    inputs: { x: [4, 5] },
    build: slice([-1, 1], [-100, 3], [1, 0], [-2, 1]),
  },
];

const labels = integerTensor([4], [2, 0, -7, 2]);
const LOSSES: readonly OperatorCase[] = [
  ...["none", "sum", "mean"].map(
    (reduction): OperatorCase => ({
      name: `SoftmaxCrossEntropyLoss, ${reduction}, one label ignored`,
      inputs: { x: [4, 3] },
      fixed: { labels },
      type: "float32",
      build: (b) => b.op("SoftmaxCrossEntropyLoss", ["x", "labels"], { reduction, ignore_index: -7 }),
    }),
  ),
  {
    name: "SoftmaxCrossEntropyLoss, mean over positions of a sequence",
    inputs: { x: [2, 3, 2] },
    fixed: { labels: integerTensor([2, 2], [2, 0, 1, 1]) },
    type: "float32",
    build: (b) => b.op("SoftmaxCrossEntropyLoss", ["x", "labels"]),
  },
];

/** Small graphs that between them reach every gradient rule, every attribute it reads and every way to broadcast. */
export const OPERATOR_CASES: readonly OperatorCase[] = [
  ...ARITHMETIC,
  ...FUNCTIONS,
  ...PRODUCTS,
  ...REDUCTIONS,
  ...NORMALIZATIONS,
  ...GATHERS,
  ...LAYOUTS,
  ...SLICES,
  ...LOSSES,
];
