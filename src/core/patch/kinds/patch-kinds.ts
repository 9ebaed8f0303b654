import { codebook } from "./codebook.ts";
import { lowRank } from "./low-rank.ts";
import { neurons } from "./neurons.ts";

/** Every kind of patch by its name. A new kind is a file beside this one, and a line here. */
export const PATCH_KINDS = {
  "low-rank": lowRank,
  neurons,
  codebook,
} as const;
