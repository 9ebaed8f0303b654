import { ok, type Result } from "../../core/result.ts";
import { doesNotFit } from "../asking/does-not-fit.ts";
import type { Respondent } from "../asking/evaluated-model.ts";
import { estimateOf, intervalOf } from "../figures/bootstrap.ts";
import { mean, meanLoss, ngramEntropy } from "../figures/metrics.ts";
import type { GeneralAbility } from "../report.ts";

/**
 * Fixed text, of our own, about nothing that is edited: each is split where the model begins to be scored.
 * Short, so that it fits the smallest context.
 */
export const FIXED_TEXT: readonly (readonly [opening: string, rest: string])[] = [
  ["The old library", " is open every day except Sunday, and the door is always unlocked."],
  ["In the morning", " the children walk to school along the river."],
  ["She put the letter", " on the table and went out into the rain."],
  ["A good map", " shows the roads, the rivers and the mountains of a country."],
  ["The train to the coast", " leaves at nine and arrives before noon."],
  ["When the music stopped,", " everyone in the room began to talk at once."],
  ["He had never seen", " such a large animal so close to the house."],
  ["After the long winter", " the farmers were glad of the first warm days."],
];

/** Perplexity of texts, each given by its tokens' log-probabilities; null of none. */
const perplexityOf = (texts: readonly (readonly number[])[]): number | null =>
  texts.length === 0 ? null : Math.exp(meanLoss(texts.flat()));

/**
 * Perplexity and fluency of a model on the part of `FIXED_TEXT` that fits its context, with intervals over the texts
 * that are deterministic from the seed.
 */
export const measureAbility = async (
  respondent: Respondent,
  seed: number,
): Promise<Result<GeneralAbility>> => {
  const logprobs: (readonly number[])[] = [];
  const entropies: number[] = [];
  for (const [opening, rest] of FIXED_TEXT) {
    const scored = await respondent.score(opening, rest);
    if (doesNotFit(scored)) continue;
    if (!scored.ok) return scored;
    logprobs.push(scored.value.logprobs);
    const written = await respondent.answer(opening);
    if (!written.ok) return written;
    entropies.push(ngramEntropy(opening + written.value.text));
  }
  const perplexity = estimateOf(
    [...logprobs.keys()],
    (texts) => perplexityOf(texts.map((text) => logprobs[text]!)),
    seed,
  );
  const fluency = estimateOf(entropies, mean, seed);
  return ok({
    perplexity: perplexity?.mean ?? null,
    fluency: fluency?.mean ?? null,
    intervals: { perplexity: intervalOf(perplexity), fluency: intervalOf(fluency) },
  });
};
