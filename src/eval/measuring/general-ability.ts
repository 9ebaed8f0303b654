import { ok, type Result } from "../../core/result.ts";
import { doesNotFit } from "../asking/does-not-fit.ts";
import type { Respondent } from "../asking/evaluated-model.ts";
import { estimateOf, intervalOf } from "../figures/bootstrap.ts";
import { mean, meanLoss, ngramEntropy } from "../figures/metrics.ts";
import type { GeneralAbility } from "../report.ts";
import type { Passage } from "./passages.ts";

/** Perplexity of texts, each given by its tokens' log-probabilities; null of none. */
const perplexityOf = (texts: readonly (readonly number[])[]): number | null =>
  texts.length === 0 ? null : Math.exp(meanLoss(texts.flat()));

/**
 * Perplexity and fluency of a model on those `passages` that fit its context, with intervals over them that are deterministic from the seed.
 */
export const measureAbility = async (
  respondent: Respondent,
  passages: readonly Passage[],
  seed: number,
): Promise<Result<GeneralAbility>> => {
  const logprobs: (readonly number[])[] = [];
  const entropies: number[] = [];
  for (const [opening, rest] of passages) {
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
