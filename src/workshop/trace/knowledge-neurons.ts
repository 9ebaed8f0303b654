import type { Result } from "../../core/result.ts";
import { findKnowledgeNeurons, type KnowledgeNeuron } from "../../edit/kn/knowledge-neurons.ts";
import { openNeuronAttribution } from "../../edit/kn/neuron-attribution.ts";
import { parseKnSettings } from "../../edit/kn/settings.ts";
import type { ModelDirectory } from "../directories/model-directory.ts";
import { readModelParts } from "../directories/model-parts.ts";

/**
 * The FFN units that carry what a model says after `prompts`, all phrasings of one fact, by the defaults of the method
 * `kn`. Errors: those of `readModel`, `createTokenizer` and `findKnowledgeNeurons`.
 */
export const knowledgeNeurons = async (
  files: ModelDirectory,
  prompts: readonly string[],
  answer: number,
): Promise<Result<readonly KnowledgeNeuron[]>> => {
  const settings = parseKnSettings({});
  if (!settings.ok) return settings;
  const parts = readModelParts(files);
  if (!parts.ok) return parts;
  const { graph, tokenizer } = parts.value;
  const attribution = await openNeuronAttribution(files.model, graph, settings.value.steps);
  if (!attribution.ok) return attribution;
  const ids = prompts.map((prompt) => tokenizer.encode(prompt));
  return findKnowledgeNeurons(attribution.value, ids, [answer], settings.value);
};
