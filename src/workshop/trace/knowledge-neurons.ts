import type { Result } from "../../core/result.ts";
import { findKnowledgeNeurons, type KnowledgeNeuron } from "../../edit/kn/knowledge-neurons.ts";
import { openNeuronAttribution } from "../../edit/kn/neuron-attribution.ts";
import { parseKnSettings } from "../../edit/kn/settings.ts";
import { createTokenizer } from "../../engine/tokenizer/tokenizer.ts";
import { readModel } from "../../onnx/read-model.ts";
import type { ModelDirectory } from "../directories/model-directory.ts";

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
  const graph = readModel(files.graph, () => files.weights);
  if (!graph.ok) return graph;
  const tokenizer = createTokenizer(new TextDecoder().decode(files.tokenizer));
  if (!tokenizer.ok) return tokenizer;
  const attribution = await openNeuronAttribution(files.model, graph.value, settings.value.steps);
  if (!attribution.ok) return attribution;
  const ids = prompts.map((prompt) => tokenizer.value.encode(prompt));
  return findKnowledgeNeurons(attribution.value, ids, [answer], settings.value);
};
