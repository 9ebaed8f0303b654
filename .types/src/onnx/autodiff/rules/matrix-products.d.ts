import { type GradientRule } from "../gradient-rule.ts";
/** Rules of the matrix products. */
export declare const MATRIX_PRODUCT_RULES: Readonly<Record<string, GradientRule>>;
