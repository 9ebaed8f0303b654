import type { Score } from "../../engine/generation.ts";

/** How likely a model holds a text after a prompt, each 0 to 1. */
export interface Likelihood {
  /** Probability of the first token, as Dong et al. take it. */
  readonly first: number;
  /** Geometric mean of the probabilities of all tokens: comparable between texts of different length. */
  readonly whole: number;
}

/** Which likelihood a score compares. */
export type LikelihoodName = keyof Likelihood;

/** CKA scores by both likelihoods; below 1 the fact is judged false or not known. */
export type KnowledgeScore = Likelihood;

/** What is added to both sides of a score, so that two vanishing probabilities make no verdict. */
export const DEFAULT_ALPHA = 1e-3;

/** The likelihood of a scored target. */
export const likelihoodOf = ({ tokens }: Pick<Score, "tokens">): Likelihood => {
  const sum = tokens.reduce((total, { logprob }) => total + logprob!, 0);
  return { first: Math.exp(tokens[0]!.logprob!), whole: Math.exp(sum / tokens.length) };
};

const ratio = (fact: number, contrasts: readonly number[], alpha: number): number =>
  (fact + alpha) / (contrasts.reduce((sum, value) => sum + value, 0) / contrasts.length + alpha);

/**
 * The CKA score (Dong et al. 2022, arXiv 2210.03329, section 2): the fact's likelihood over the mean likelihood of
 * its contrasts, `alpha` added to both. Null where there is no contrast.
 */
export const knowledgeScore = (
  fact: Likelihood,
  contrasts: readonly Likelihood[],
  alpha: number,
): KnowledgeScore | null =>
  contrasts.length === 0
    ? null
    : {
        first: ratio(
          fact.first,
          contrasts.map(({ first }) => first),
          alpha,
        ),
        whole: ratio(
          fact.whole,
          contrasts.map(({ whole }) => whole),
          alpha,
        ),
      };
