import type { EditMethod } from "../method.ts";
import { graceSettings } from "./settings.ts";

/**
 * GRACE (Hartvigsen et al. 2023, arXiv 2211.11031): a codebook on one block's output at the last prompt token.
 * Where the state lies within the deferral radius of a key, the key's values replace it, one for each token of
 * the target, the end of the answer included; everywhere else the model is untouched.
 *
 * Values minimise the mean negative log-likelihood of the target through the frozen model (Adam, started from
 * the model's own states). A new radius is the calibrated one of the layer, or less where a prompt of the
 * model's domain that must keep its answer lies near. Balls of different targets never overlap.
 */
export const grace: EditMethod = {
  name: "grace",
  summary: "a codebook entry for each phrasing, exact on the edit and silent elsewhere",
  reference: "Hartvigsen et al. 2023, arXiv 2211.11031",
  settings: graceSettings,
  // Loaded when it works: the runtime and the gradient engine are no concern of a help text.
  apply: async (...work) => (await import("./apply.ts")).applyGrace(...work),
};
