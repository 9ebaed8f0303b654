import { type GradientRule } from "../gradient-rule.ts";
/** Rules of the softmaxes and of layer normalisation. */
export declare const NORMALIZATION_RULES: Readonly<Record<string, GradientRule>>;
