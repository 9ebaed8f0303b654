import { type GradientRule } from "../gradient-rule.ts";
/** Rules of the functions of one tensor, element by element; f' is given in each rule's comment. */
export declare const FUNCTION_RULES: Readonly<Record<string, GradientRule>>;
