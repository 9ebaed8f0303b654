import type { FloatTensor, IntTensor } from "../../tensor/tensor.ts";
import type { PatchValues } from "../patch-values.ts";

/** All replacements, the usual one first. */
export const REPLACEMENTS = ["last", "prompt"] as const;

/**
 * Which positions of the prompt a hit replaces: the last one, or every one (GRACE's `replace_last` and
 * `replace_prompt`; the last prompt token is among the latter).
 */
export type Replacement = (typeof REPLACEMENTS)[number];

/** What the patch of a codebook holds, wherever it acts. */
export interface CodebookContent {
  readonly replace: Replacement;
  /** What tells whether an entry hits and where it leads: small, always in memory. */
  readonly tensors: {
    /** [m, d] */ readonly keys: FloatTensor;
    /** [m] */ readonly radii: FloatTensor;
    /** [m]: for each key the chain that it injects, a row of `targets` and of the values. */
    readonly chains: IntTensor;
    /** [c, t]: token ids, the end of the answer included; -1 past a chain's end. */
    readonly targets: IntTensor;
  };
  /** [c, t, d]: one value for each target token, the end-of-text token included; zero past a chain's end. */
  readonly values: PatchValues;
}
