import { type GradientRule } from "../gradient-rule.ts";
/** Rules of the reductions over axes. */
export declare const REDUCTION_RULES: Readonly<Record<string, GradientRule>>;
