import type { EditMethod } from "../method.ts";
import { alphaeditSettings } from "./settings.ts";

/**
 * AlphaEdit (Fang et al. 2025, arXiv 2410.02355): MEMIT's joint edit with every update projected onto the null space
 * of what the model knows, and held still on the keys of earlier edits.
 *
 * As with MEMIT here, the solve is repeated in rounds on what is still missing, each within the null space.
 *
 * The null space is spanned by the share of eigenvectors of the second moment with the least eigenvalues, as an
 * absolute threshold would depend on the model's scale. The keys of earlier edits are read again from the edits that
 * the parent bundle lists, under its patches: they can be lost no more than the bundle, and no edit sees those of
 * another line of bundles.
 */
export const alphaedit: EditMethod = {
  name: "alphaedit",
  summary: "one joint update like memit's, confined to directions that what the model knows does not use",
  reference: "Fang et al. 2025, arXiv 2410.02355",
  settings: alphaeditSettings,
  // Loaded when it works: the runtime and the gradient engine are no concern of a help text.
  apply: async (...work) => (await import("./apply.ts")).applyAlphaedit(...work),
};
