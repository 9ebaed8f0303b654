import { type GradientRule } from "../gradient-rule.ts";
/** Rules of the operators that work on several tensors element by element, with broadcasting. */
export declare const ARITHMETIC_RULES: Readonly<Record<string, GradientRule>>;
