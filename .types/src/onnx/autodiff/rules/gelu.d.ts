import { type GradientRule } from "../gradient-rule.ts";
/** The rule of the Gelu operator, exact and by tanh. */
export declare const GELU_RULES: Readonly<Record<string, GradientRule>>;
