import type { EditMethod } from "../method.ts";
import { knSettings } from "./settings.ts";

/**
 * Knowledge Neurons (Dai et al. 2022, arXiv 2104.08696): the FFN units that integrated gradients hold responsible for
 * what the model says, in more than a share of the phrasings. The value rows of the strongest are moved from the old
 * token's embedding towards the target's (section 4.3), for each token that must change, or erased (section 4.4): a
 * low-rank patch whose A picks the units and whose B holds the rows' changes. Nothing is optimised, so an edit may
 * miss; the diagnostics say by how much.
 */
export const kn: EditMethod = {
  name: "kn",
  summary:
    "value rows of the FFN units that carry a fact, moved or erased; a baseline that moves neighbours too",
  reference: "Dai et al. 2022, arXiv 2104.08696",
  settings: knSettings,
  // Loaded when it works: the runtime and the gradient engine are no concern of a help text.
  apply: async (...work) => (await import("./apply.ts")).applyKn(...work),
};
