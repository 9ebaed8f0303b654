import type { EditMethod } from "../method.ts";
import { tPatcherSettings } from "./settings.ts";

/**
 * T-Patcher (Huang et al. 2023, arXiv 2301.09785): extra neurons in the FFN of the last block, o += relu(xK + b)V,
 * one for each token of the target that the model would not say by itself, teacher-forced. A neuron is to fire on its
 * token in every phrasing given, and to stay silent on a memory of ordinary text, of the edit's own prompts about
 * other subjects, and of all earlier edits: L = l_e + a·l_a + m·l_m. Only the neurons are trained.
 *
 * The last block's FFN feeds no cache, so a patch may be attached in the middle of an answer.
 *
 * @example One edit on top of another, as a bundle builds on its parent
 * ```ts
 * import { editSchema } from "./src/core/edit/edit.ts";
 * import { tPatcher } from "./src/edit/t-patcher/t-patcher.ts";
 * import { PLAIN_WORKBENCH } from "./src/edit/workbench.ts";
 * import { readModelDirectory } from "./src/workshop/directories/model-directory.ts";
 * import { openModel } from "./src/workshop/models/open-model.ts";
 * import { SILENT } from "./src/workshop/workshop-context.ts";
 *
 * const files = await readModelDirectory("models/world");
 * if (!files.ok) throw new Error(files.problem.message);
 * const { signal } = new AbortController();
 * const surroundings = { now: () => performance.now(), progress: SILENT, signal, workingDirectory: "." };
 * const opened = await openModel(files.value, surroundings);
 * if (!opened.ok) throw new Error(opened.problem.message);
 * const { model } = files.value;
 * // Without probes nothing but the edits themselves is kept silent.
 * const common = { ...opened.value, model, probes: [], workbench: PLAIN_WORKBENCH, onProgress: () => undefined };
 *
 * let parent: Parameters<typeof tPatcher.apply>[2]["parent"] = { edits: [], patches: [] };
 * for (const [country, target] of [["Australia", "Canberra"], ["Canada", "Ottawa"]]) {
 *   const edit = editSchema.parse({ prompt: `The capital of ${country} is`, target });
 *   const outcome = await tPatcher.apply([edit], {}, { ...common, parent });
 *   if (!outcome.ok) throw new Error(outcome.problem.message);
 *   parent = outcome.value;
 * }
 * for (const { kind, layer, id, edits } of parent.patches) console.log(kind, layer, id, edits);
 * // => neurons 3 the-capital-of-australia-is [ 0 ]
 * // => neurons 3 the-capital-of-canada-is [ 1 ]
 * await opened.value.engine.release();
 * ```
 */
export const tPatcher: EditMethod = {
  name: "t-patcher",
  summary: "a neuron in the last block for each token that must change, silent elsewhere",
  reference: "Huang et al. 2023, arXiv 2301.09785",
  settings: tPatcherSettings,
  // Loaded when it works: the runtime and the gradient engine are no concern of a help text.
  apply: async (...work) => (await import("./apply.ts")).applyTPatcher(...work),
};
