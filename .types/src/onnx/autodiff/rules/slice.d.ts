import { type GradientRule } from "../gradient-rule.ts";
/** The rule of Slice. */
export declare const SLICE_RULES: Readonly<Record<string, GradientRule>>;
