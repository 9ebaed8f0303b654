import type { EditMethod } from "../method.ts";
import { romeSettings } from "./settings.ts";

/**
 * ROME (Meng et al. 2022, arXiv 2202.05262): a down-projection as an associative memory, into which one association
 * of a key, where the fact is looked up, and a value, which makes the model state the new one, is inserted in closed
 * form. The value is optimised through the frozen model; the update is the one that moves other keys least.
 *
 * Differs from the paper where measurement on small models says so: the lookup is where the model's trace finds it, the
 * last prompt token unless it says otherwise, and there a target of several tokens gets a key and a value for each; one
 * key is used throughout (R-ROME, Gupta et al. 2024, arXiv 2403.07175); every phrasing given is a key; the probes that
 * an update would move most are held still; and the update is a side path, never merged.
 */
export const rome: EditMethod = {
  name: "rome",
  summary: "a low-rank update of one down-projection for each edit; also moves what resembles its phrasings",
  reference: "Meng et al. 2022, arXiv 2202.05262",
  settings: romeSettings,
  // Loaded when it works: the runtime and the gradient engine are no concern of a help text.
  apply: async (...work) => (await import("./apply.ts")).applyRome(...work),
};
