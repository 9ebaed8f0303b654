import type { GradientRule } from "../gradient-rule.ts";
import { ARITHMETIC_RULES } from "./arithmetic.ts";
import { CROSS_ENTROPY_RULES } from "./cross-entropy.ts";
import { FUNCTION_RULES } from "./functions.ts";
import { GATHER_RULES } from "./gathers.ts";
import { GELU_RULES } from "./gelu.ts";
import { LAYOUT_RULES } from "./layout.ts";
import { MATRIX_PRODUCT_RULES } from "./matrix-products.ts";
import { NORMALIZATION_RULES } from "./normalizations.ts";
import { REDUCTION_RULES } from "./reductions.ts";
import { SLICE_RULES } from "./slice.ts";

/** The gradient rule of every supported operator of the standard domain, by operator. */
export const GRADIENT_RULES: ReadonlyMap<string, GradientRule> = new Map(
  Object.entries({
    ...ARITHMETIC_RULES,
    ...FUNCTION_RULES,
    ...GELU_RULES,
    ...MATRIX_PRODUCT_RULES,
    ...REDUCTION_RULES,
    ...NORMALIZATION_RULES,
    ...GATHER_RULES,
    ...LAYOUT_RULES,
    ...SLICE_RULES,
    ...CROSS_ENTROPY_RULES,
  }),
);
