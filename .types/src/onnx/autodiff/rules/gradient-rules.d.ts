import type { GradientRule } from "../gradient-rule.ts";
/** The gradient rule of every supported operator of the standard domain, by operator. */
export declare const GRADIENT_RULES: ReadonlyMap<string, GradientRule>;
