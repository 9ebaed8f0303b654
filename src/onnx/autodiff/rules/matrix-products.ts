import { elementCount } from "../../../core/tensor/tensor.ts";
import { floatAttribute, intAttribute } from "../../node-attributes.ts";
import { type BackwardStep, firstGradient, type GradientRule } from "../gradient-rule.ts";

/** Swaps the last two axes of a tensor of `rank` axes. */
const lastSwapped = (rank: number): readonly number[] =>
  Array.from({ length: rank }, (_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis));

/** The product's shapes with vectors promoted to matrices: a [.., m, k], b [.., k, n], y [.., m, n]. */
const promotedShapes = ({ node, emit }: BackwardStep) => {
  const [a, b] = node.inputs.map((input) => emit.shape(input)) as [readonly number[], readonly number[]];
  const left = a.length === 1 ? [1, ...a] : a;
  const right = b.length === 1 ? [...b, 1] : b;
  const batch = emit.shape(node.outputs[0]!);
  const lead = batch.slice(0, batch.length - (a.length === 1 ? 0 : 1) - (b.length === 1 ? 0 : 1));
  return { left, right, product: [...lead, left.at(-2)!, right.at(-1)!] };
};

/** y = a · b with b one matrix: over all rows together, da = g · bᵀ and db = aᵀ · g, each one matrix product. */
const byOneMatrix = (
  step: BackwardStep,
  left: readonly number[],
  right: readonly number[],
): ReturnType<GradientRule> => {
  const { node, emit } = step;
  const [a, b] = node.inputs as [string, string];
  const [inner, outer] = right as [number, number];
  const rows = elementCount(left) / inner;
  const gradient = () => emit.reshape(firstGradient(step), emit.shape(node.outputs[0]!), [rows, outer]);
  const matrix = () => emit.reshape(b, emit.shape(b), right);
  return [
    () => {
      const product = emit.op("Gemm", [gradient(), matrix()], { transB: 1 });
      return emit.reshape(product, [rows, inner], emit.shape(a));
    },
    () => {
      const flat = emit.reshape(a, emit.shape(a), [rows, inner]);
      const product = emit.op("Gemm", [flat, gradient()], { transA: 1 });
      return emit.reshape(product, right, emit.shape(b));
    },
  ];
};

/** MatMul: y = a · b over broadcast leading axes: da = g · bᵀ, db = aᵀ · g, summed over broadcast axes. */
const matMul: GradientRule = (step) => {
  const { node, emit } = step;
  const [a, b] = node.inputs as [string, string];
  const { left, right, product } = promotedShapes(step);
  if (right.length === 2) return byOneMatrix(step, left, right);
  const lead = product.slice(0, -2);
  const gradient = () => emit.reshape(firstGradient(step), emit.shape(node.outputs[0]!), product);
  return [
    () => {
      const transposed = emit.transpose(emit.reshape(b, emit.shape(b), right), lastSwapped(right.length));
      const full = emit.op("MatMul", [gradient(), transposed]);
      return emit.reshape(emit.sumTo(full, [...lead, ...left.slice(-2)], left), left, emit.shape(a));
    },
    () => {
      const transposed = emit.transpose(emit.reshape(a, emit.shape(a), left), lastSwapped(left.length));
      const full = emit.op("MatMul", [transposed, gradient()]);
      return emit.reshape(emit.sumTo(full, [...lead, ...right.slice(-2)], right), right, emit.shape(b));
    },
  ];
};

/**
 * Gemm: y = α A B + β c, with A = a or aᵀ and B = b or bᵀ: dA = α g Bᵀ, dB = α Aᵀ g, dc = β g summed to its shape.
 * Where an operand is transposed, so is the product that yields its gradient.
 */
const gemm: GradientRule = (step) => {
  const { node, emit } = step;
  const [a, b, c = ""] = node.inputs as [string, string, string?];
  const alpha = { kind: "float", value: floatAttribute(node, "alpha", 1) } as const;
  const beta = floatAttribute(node, "beta", 1);
  const [transA, transB] = [intAttribute(node, "transA", 0), intAttribute(node, "transB", 0)];
  const g = firstGradient(step);
  return [
    () =>
      transA
        ? emit.op("Gemm", [b, g], { alpha, transA: transB, transB: 1 })
        : emit.op("Gemm", [g, b], { alpha, transB: 1 - transB }),
    () =>
      transB
        ? emit.op("Gemm", [g, a], { alpha, transA: 1, transB: transA })
        : emit.op("Gemm", [a, g], { alpha, transA: 1 - transA }),
    () => emit.scale(emit.sumTo(g, emit.shape(node.outputs[0]!), emit.shape(c)), beta, emit.type(c)),
  ];
};

/** Rules of the matrix products. */
export const MATRIX_PRODUCT_RULES: Readonly<Record<string, GradientRule>> = { MatMul: matMul, Gemm: gemm };
