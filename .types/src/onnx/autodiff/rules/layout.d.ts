import { type GradientRule } from "../gradient-rule.ts";
/** Rules of the operators that move elements without changing them. */
export declare const LAYOUT_RULES: Readonly<Record<string, GradientRule>>;
