import type { Node } from "../graph.ts";
import { type GraphIndex, SAME_ELEMENTS } from "../graph-index.ts";
import type { LinearLayer } from "./decoder-structure.ts";

/** A linear layer, with the tensor its multiplication receives. */
export interface LinearMatch {
  readonly layer: LinearLayer;
  /** First operand of the MatMul or Gemm, as it stands: flattened where the exporter flattens. */
  readonly operand: string;
  /** The MatMul or Gemm. */
  readonly multiplication: Node;
}

type Weight = Pick<LinearLayer, "weight" | "orientation" | "in" | "out">;

/** A transposition of two axes: without a permutation it reverses all of them. */
const isMatrixTranspose = (node: Node | undefined): boolean => {
  if (node?.op !== "Transpose") return false;
  const permutation = node.attributes.get("perm");
  return permutation === undefined || (permutation.kind === "ints" && permutation.value.join() === "1,0");
};

/** The weight behind the second operand of a multiplication, which may transpose it on the way. */
const weightOf = (index: GraphIndex, operand: string, transposed: boolean): Weight | undefined => {
  const node = index.producer(operand);
  if (node && isMatrixTranspose(node)) return weightOf(index, node.inputs[0]!, !transposed);
  const constant = index.constant(operand);
  if (constant?.value.shape.length !== 2 || constant.value.type !== "float32") return undefined;
  const [rows, columns] = constant.value.shape as [number, number];
  return transposed
    ? { weight: constant.name, orientation: "out-in", in: columns, out: rows }
    : { weight: constant.name, orientation: "in-out", in: rows, out: columns };
};

const attribute = (node: Node, name: string, fallback: number): number => {
  const found = node.attributes.get(name);
  return found?.kind === "int" || found?.kind === "float" ? found.value : fallback;
};

const isPlainGemm = (node: Node): boolean =>
  attribute(node, "alpha", 1) === 1 && attribute(node, "beta", 1) === 1 && attribute(node, "transA", 0) === 0;

interface Product {
  readonly node: Node;
  readonly weight: Weight;
  readonly bias: string | null;
}

const matchMultiplication = (index: GraphIndex, node: Node): Product | undefined => {
  if (node.op === "MatMul") {
    const weight = weightOf(index, node.inputs[1]!, false);
    return weight && { node, weight, bias: null };
  }
  if (node.op !== "Gemm" || !isPlainGemm(node)) return undefined;
  const weight = weightOf(index, node.inputs[1]!, attribute(node, "transB", 0) === 1);
  const bias = node.inputs[2] ? index.vector(node.inputs[2]) : undefined;
  return weight && (bias || !node.inputs[2]) ? { node, weight, bias: bias?.name ?? null } : undefined;
};

const matchBiasAdd = (index: GraphIndex, node: Node): Product | undefined => {
  for (const [sum, vector] of [node.inputs, [...node.inputs].reverse()] as [string, string][]) {
    const bias = index.vector(vector);
    const inner = index.producer(index.peel(sum, SAME_ELEMENTS));
    const product = bias && inner ? matchMultiplication(index, inner) : undefined;
    if (product && product.bias === null && bias!.value.shape[0] === product.weight.out)
      return { ...product, bias: bias!.name };
  }
  return undefined;
};

const productOf = (index: GraphIndex, tensor: string): Product | undefined => {
  const node = index.producer(tensor);
  if (!node) return undefined;
  return node.op === "Add" ? matchBiasAdd(index, node) : matchMultiplication(index, node);
};

/** The layer around `product` whose result is seen as `output`. */
const layerAround = (index: GraphIndex, { node, weight, bias }: Product, output: string): LinearMatch => {
  const operand = node.inputs[0]!;
  const input = index.peel(operand, SAME_ELEMENTS);
  const unflattened = node.op === "MatMul" && operand === input;
  const product = unflattened ? node.outputs[0]! : output;
  return { layer: { ...weight, bias, input, product, output }, operand, multiplication: node };
};

/** The linear layer whose last operation writes `tensor`: MatMul, MatMul and Add, or Gemm with a constant weight. */
export const linearWriting = (index: GraphIndex, tensor: string): LinearMatch | undefined => {
  const product = productOf(index, tensor);
  return product && layerAround(index, product, tensor);
};

/** The linear layer that `tensor` is the output of, or a part of the output of. */
export const projectionOf = (index: GraphIndex, tensor: string): LinearMatch | undefined => {
  const node = index.producer(index.peel(tensor, SAME_ELEMENTS));
  return node?.op === "Split" || node?.op === "Slice"
    ? matchLinear(index, node.inputs[0]!)
    : matchLinear(index, tensor);
};

/** The linear layer that `tensor` is the output of, seen through reshapes; its `output` is `tensor` itself. */
export const matchLinear = (index: GraphIndex, tensor: string): LinearMatch | undefined => {
  const product = productOf(index, index.peel(tensor, SAME_ELEMENTS));
  return product && layerAround(index, product, tensor);
};
