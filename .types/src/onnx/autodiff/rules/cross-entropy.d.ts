import { type GradientRule } from "../gradient-rule.ts";
/** The rule of the fused loss. */
export declare const CROSS_ENTROPY_RULES: Readonly<Record<string, GradientRule>>;
