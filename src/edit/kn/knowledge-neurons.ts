import { ok, type Result } from "../../core/result.ts";
import type { Attributions, NeuronAttribution } from "./neuron-attribution.ts";

/** One FFN unit that carries a fact. */
export interface KnowledgeNeuron {
  readonly block: number;
  readonly unit: number;
  /** Attribution, a probability, averaged over the phrasings. */
  readonly attribution: number;
}

/** What makes a unit a knowledge neuron. */
export interface NeuronThresholds {
  /** Share of a phrasing's largest attribution that a unit must exceed. */
  readonly threshold: number;
  /** Share of the phrasings in which it must do so. */
  readonly share: number;
}

const largest = (attributions: Attributions): number =>
  attributions.reduce((most, values) => values.reduce((m, value) => Math.max(m, value), most), 0);

/**
 * The units whose attribution exceeds `threshold` times the largest in more than `share` of the phrasings, the
 * strongest first (Knowledge Neurons, arXiv 2104.08696, sections 3.2 and 3.3).
 */
export const selectNeurons = (
  phrasings: readonly Attributions[],
  { threshold, share }: NeuronThresholds,
): readonly KnowledgeNeuron[] => {
  const bounds = phrasings.map((attributions) => threshold * largest(attributions));
  const [first = []] = phrasings;
  const neurons = first.flatMap((values, block) =>
    Array.from(values, (_, unit) => {
      const found = phrasings.map((attributions) => attributions[block]![unit]!);
      const above = found.filter((value, i) => value > bounds[i]!).length;
      const attribution = found.reduce((sum, value) => sum + value, 0) / found.length;
      return { block, unit, attribution, kept: above > share * phrasings.length };
    }).filter(({ kept }) => kept),
  );
  return neurons
    .map(({ block, unit, attribution }) => ({ block, unit, attribution }))
    .sort((a, b) => b.attribution - a.attribution);
};

const meanOf = (parts: readonly Attributions[]): Attributions =>
  parts[0]!.map((values, block) =>
    values.map((_, unit) => parts.reduce((sum, part) => sum + part[block]![unit]!, 0) / parts.length),
  );

/**
 * Finds the knowledge neurons of the fact that each of `prompts` (token ids) continues with `answer`: attributions are
 * averaged over the answer's tokens, each after those before it. Fails as `attribute` does.
 */
export const findKnowledgeNeurons = async (
  attribution: NeuronAttribution,
  prompts: readonly (readonly number[])[],
  answer: readonly number[],
  thresholds: NeuronThresholds,
): Promise<Result<readonly KnowledgeNeuron[]>> => {
  const phrasings: Attributions[] = [];
  for (const prompt of prompts) {
    const parts: Attributions[] = [];
    for (const [index, token] of answer.entries()) {
      const attributed = await attribution.attribute([...prompt, ...answer.slice(0, index)], token);
      if (!attributed.ok) return attributed;
      parts.push(attributed.value);
    }
    phrasings.push(meanOf(parts));
  }
  return ok(selectNeurons(phrasings, thresholds));
};
