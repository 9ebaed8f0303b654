import type { EditMethod } from "../method.ts";
import { memitSettings } from "./settings.ts";

/**
 * MEMIT (Meng et al. 2023, arXiv 2210.07229): many associations inserted into the down-projections of several blocks
 * by one least-squares solve for each, which weighs them against what the model knows. What the residual stream should
 * be at the top block is optimised for each edit; the blocks share what is missing there.
 *
 * The lookup is the last prompt token; as with ROME here, each target token has a key and a value of its own, every
 * phrasing given is a key, and the updates are side paths. One least squares gives many edits only a part of what they
 * want, as a thousand have ten times the keys that a block of `world` has directions: it is repeated on what is still
 * missing, in rounds, as `solveGroup` describes it, which the paper does not have. With `--set rounds=1` it is the
 * paper's.
 *
 * All edits of one application are one group: one patch for each block, of use only together.
 */
export const memit: EditMethod = {
  name: "memit",
  summary: "one joint low-rank update of several blocks for all edits at once",
  reference: "Meng et al. 2023, arXiv 2210.07229",
  settings: memitSettings,
  // Loaded when it works: the runtime and the gradient engine are no concern of a help text.
  apply: async (...work) => (await import("./apply.ts")).applyMemit(...work),
};
