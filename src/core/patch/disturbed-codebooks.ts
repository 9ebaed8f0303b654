import { isCodebook } from "./kinds/codebook.ts";
import type { PatchBase } from "./patch-kind.ts";

/** A codebook whose keys were measured without patches that now act before it. */
export interface DisturbedCodebook {
  readonly layer: number;
  /** Ids of the patches of other kinds at its block or an earlier one. */
  readonly patches: readonly string[];
}

/**
 * The codebooks that compare states which other patches can move: a key measured without them may be missed where
 * they act. Low-rank patches act always, neurons where they fire.
 */
export const disturbedCodebooks = (patches: readonly PatchBase[]): readonly DisturbedCodebook[] => {
  const layers = new Set(patches.filter(isCodebook).map(({ layer }) => layer));
  return [...layers]
    .sort((a, b) => a - b)
    .map((layer) => ({
      layer,
      patches: patches
        .filter((patch) => !isCodebook(patch) && patch.layer !== undefined && patch.layer <= layer)
        .map(({ id }) => id),
    }))
    .filter(({ patches }) => patches.length > 0);
};
