import type { EditMethod } from "../method.ts";
import { caliNetSettings } from "./settings.ts";

/**
 * CaliNet (Dong et al. 2022, arXiv 2210.03329): extra slots in the FFN of the last block, o += relu(xK)V without
 * biases, trained jointly over a set of facts: the mean negative log-likelihood of every target after its prompt and
 * its paraphrases, through the frozen model. One patch carries the whole set.
 *
 * As published it has no locality mechanism: nothing but ReLU keeps a slot from firing elsewhere. `memory-weight`
 * adds T-Patcher's absolute memory loss, max(0, s + margin) over states of the model's domain. Sets made one upon
 * another are concatenated; later ones are trained with the earlier in place.
 */
export const caliNet: EditMethod = {
  name: "calinet",
  summary: "slots in the last block shared by a whole set of facts, trained together",
  reference: "Dong et al. 2022, arXiv 2210.03329",
  settings: caliNetSettings,
  // Loaded when it works: the runtime and the gradient engine are no concern of a help text.
  apply: async (...work) => (await import("./apply.ts")).applyCaliNet(...work),
};
