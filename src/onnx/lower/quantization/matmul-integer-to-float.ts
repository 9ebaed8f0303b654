import type { Lowering } from "../lowering.ts";
import { lowerIntegerProduct, refusesIntegerProduct } from "./integer-product.ts";

const PLACES = { weight: 1, scale: 3, zeroPoint: 5, bias: 6 } as const;

/** A product of quantised operands with the scales behind it, as the optimiser fuses dynamic quantisation. */
export const matMulIntegerToFloat: Lowering = {
  op: "MatMulIntegerToFloat",
  domain: "com.microsoft",
  since: 1,
  refuses: (fused) => refusesIntegerProduct(fused, PLACES, true),
  lower: (fused, emit) => lowerIntegerProduct(fused, emit, PLACES),
};
