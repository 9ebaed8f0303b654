import type { Lowering } from "../lowering.ts";
import { lowerIntegerProduct, refusesIntegerProduct } from "./integer-product.ts";

const PLACES = { weight: 1, scale: 2, zeroPoint: 3, bias: 4 } as const;

/** A product that quantises its first operand itself, as the optimiser fuses dynamic quantisation. */
export const dynamicQuantizeMatMul: Lowering = {
  op: "DynamicQuantizeMatMul",
  domain: "com.microsoft",
  since: 1,
  refuses: (fused) => refusesIntegerProduct(fused, PLACES, false),
  lower: (fused, emit) => lowerIntegerProduct(fused, emit, PLACES),
};
