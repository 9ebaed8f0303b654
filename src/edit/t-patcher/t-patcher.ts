import type { EditMethod } from "../method.ts";
import { tPatcherSettings } from "./settings.ts";

/**
 * T-Patcher (Huang et al. 2023, arXiv 2301.09785): extra neurons in the FFN of the last block, o += relu(xK + b)V,
 * one for each token of the target that the model would not say by itself, teacher-forced. A neuron is to fire on its
 * token in every phrasing given, and to stay silent on a memory of ordinary text, of the edit's own prompts about
 * other subjects, and of all earlier edits: L = l_e + a·l_a + m·l_m. Only the neurons are trained.
 *
 * The last block's FFN feeds no cache, so a patch may be attached in the middle of an answer.
 */
export const tPatcher: EditMethod = {
  name: "t-patcher",
  summary: "a neuron in the last block for each token that must change, silent elsewhere",
  reference: "Huang et al. 2023, arXiv 2301.09785",
  settings: tPatcherSettings,
  // Loaded when it works: the runtime and the gradient engine are no concern of a help text.
  apply: async (...work) => (await import("./apply.ts")).applyTPatcher(...work),
};
