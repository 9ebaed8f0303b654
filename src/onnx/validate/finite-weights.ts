import { elementCount } from "../../core/tensor/tensor.ts";
import { floatsOf, type Initializer } from "../graph.ts";
import { type GraphCheck, listed } from "./graph-check.ts";

/** The bits of a half's exponent, all of them set in infinities and in what is no number. */
const HALF_EXPONENT = 0x7c00;

const holdsNumbers = (tensor: Initializer): boolean => {
  if (tensor.type === "float32") return floatsOf(tensor).every(Number.isFinite);
  const { buffer, byteOffset, byteLength } = tensor.bytes;
  const view = new DataView(buffer, byteOffset, byteLength);
  for (let at = 0; at < byteLength; at += 2)
    if ((view.getUint16(at, true) & HALF_EXPONENT) === HALF_EXPONENT) return false;
  return true;
};

/** Weights are vectors, matrices and stacks of them; numbers alone and masks [1, 1, T, T] may well be -∞. */
const isWeight = ({ type, shape }: Initializer): boolean =>
  (type === "float32" || type === "float16") &&
  shape.length >= 1 &&
  shape.length <= 3 &&
  elementCount(shape) > 1;

/** Weights that are no numbers, or infinite: whatever they touch is lost. */
export const checkFiniteWeights: GraphCheck = ({ initializers }) => {
  const lost = [...initializers].filter(([, tensor]) => isWeight(tensor) && !holdsNumbers(tensor));
  if (lost.length === 0) return [];
  return [`Weights hold NaN or infinity: ${listed(lost.map(([name]) => name))}. Export them again.`];
};
