import { ok, type Result } from "../core/result.ts";
import { doesNotFit } from "./does-not-fit.ts";
import { meanLoss, ngramEntropy } from "./metrics.ts";
import type { GeneralAbility } from "./report.ts";
import type { Respondent } from "./subject.ts";

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

/** Perplexity and fluency of a model on the part of `FIXED_TEXT` that fits its context. */
export const measureAbility = async (respondent: Respondent): Promise<Result<GeneralAbility>> => {
  const logprobs: number[] = [];
  const entropies: number[] = [];
  for (const [opening, rest] of FIXED_TEXT) {
    const scored = await respondent.score(opening, rest);
    if (doesNotFit(scored)) continue;
    if (!scored.ok) return scored;
    logprobs.push(...scored.value.logprobs);
    const written = await respondent.answer(opening);
    if (!written.ok) return written;
    entropies.push(ngramEntropy(opening + written.value.text));
  }
  if (entropies.length === 0) return ok({ perplexity: null, fluency: null });
  const fluency = entropies.reduce((sum, entropy) => sum + entropy, 0) / entropies.length;
  return ok({ perplexity: Math.exp(meanLoss(logprobs)), fluency });
};
