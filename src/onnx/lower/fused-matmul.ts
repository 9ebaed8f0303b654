import { floatAttribute, intAttribute } from "../node-attributes.ts";
import type { FusedNode, Lowering, Refusal } from "./lowering.ts";
import type { LoweringEmitter } from "./lowering-emitter.ts";

const refuses = ({ node, shapes }: FusedNode): Refusal | undefined => {
  if (intAttribute(node, "transBatchA", 0) !== 0 || intAttribute(node, "transBatchB", 0) !== 0)
    return { what: "a product with its batch axes moved", instead: "export without optimisation" };
  const places = [0, 1].filter((place) => intAttribute(node, place === 0 ? "transA" : "transB", 0) === 1);
  return places.some((place) => shapes.rank(node.inputs[place]!) === undefined)
    ? {
        what: "a transposed operand of a rank that the graph does not tell",
        instead: "export without optimisation",
      }
    : undefined;
};

/** `tensor` with its last two axes swapped. */
const transposed = (emit: LoweringEmitter, tensor: string, rank: number): string =>
  emit.transpose(
    tensor,
    Array.from({ length: rank }, (_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis)),
  );

/** A matrix product with transposed operands and a factor, as onnxruntime's optimiser fuses them. */
export const fusedMatMul: Lowering = {
  op: "FusedMatMul",
  domain: "com.microsoft",
  since: 1,
  refuses,
  lower: ({ node, shapes }, emit) => {
    const [a, b] = node.inputs.map((input, place) =>
      intAttribute(node, place === 0 ? "transA" : "transB", 0) === 1
        ? transposed(emit, input, shapes.rank(input)!)
        : input,
    ) as [string, string];
    const alpha = floatAttribute(node, "alpha", 1);
    const [output] = node.outputs as [string];
    if (alpha === 1) emit.op("MatMul", [a, b], {}, output);
    else emit.multiply(emit.op("MatMul", [a, b]), emit.floats([alpha]), output);
  },
};
