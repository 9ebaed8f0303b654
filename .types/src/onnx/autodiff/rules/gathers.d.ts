import { type GradientRule } from "../gradient-rule.ts";
/** Rules of the operators that pick elements by index tensors. */
export declare const GATHER_RULES: Readonly<Record<string, GradientRule>>;
