/**
 * An answer as it is compared: a model writes the space before its answer itself, so outer space is put aside;
 * everything else must be exact.
 */
export const trimmedAnswer = (generated: string): string => generated.trim();

/** Mean negative log-likelihood of a target's tokens, in nats: length-normalised, as ROME's code has it. */
export const meanLoss = (logprobs: readonly number[]): number =>
  -logprobs.reduce((sum, logprob) => sum + logprob, 0) / logprobs.length;

/** Share of flags that are true. */
export const shareOf = (flags: readonly boolean[]): number => flags.filter(Boolean).length / flags.length;

/** The mean; null of none. */
export const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Harmonic mean, as S has it: of dataset means, never of one record's figures. 0 where one of them is 0; null where
 * one is missing.
 */
export const harmonicMean = (means: readonly (number | null)[]): number | null => {
  if (means.some((mean) => mean === null)) return null;
  return means.length / means.reduce<number>((sum, mean) => sum + 1 / mean!, 0);
};

/** The middle value; the mean of the two middle ones of an even number; null of none. */
export const median = (values: readonly number[]): number | null => {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/**
 * KL(before ‖ after) in nats, from the likeliest tokens of each with their log-probabilities: over the tokens that
 * both name, and everything else as one outcome. Merging outcomes can only lose divergence, so this is a lower bound
 * of the full one, and 0 for equal distributions.
 */
export const divergence = (
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): number => {
  const shared = [...before.keys()].filter((token) => after.has(token));
  let total = 0;
  let restBefore = 1;
  let restAfter = 1;
  for (const token of shared) {
    const [p, q] = [before.get(token)!, after.get(token)!];
    total += Math.exp(p) * (p - q);
    restBefore -= Math.exp(p);
    restAfter -= Math.exp(q);
  }
  if (restBefore > SMALLEST_REST)
    total += restBefore * Math.log(restBefore / Math.max(restAfter, SMALLEST_REST));
  return Math.max(0, total);
};

/** Probability below which what is left of 1 is rounding, and counts as nothing. */
const SMALLEST_REST = 1e-6;

/** Entropy, in bits, of how often each item occurs. */
const entropy = (items: readonly string[]): number =>
  [...Map.groupBy(items, (item) => item).values()].reduce((sum, { length }) => {
    const share = length / items.length;
    return sum - share * Math.log2(share);
  }, 0);

/**
 * Fluency of a text: (2/3 H2 + 4/3 H3) / 2 with Hn the entropy, in bits, of its n-grams of words (ROME,
 * arXiv 2202.05262, "GE"; reported there times 100). A text that repeats itself scores low.
 */
export const ngramEntropy = (text: string): number => {
  const words = text.match(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu) ?? [];
  const ngrams = (n: number) =>
    words.slice(0, Math.max(0, words.length - n + 1)).map((_, i) => words.slice(i, i + n).join(" "));
  return ((2 / 3) * entropy(ngrams(2)) + (4 / 3) * entropy(ngrams(3))) / 2;
};
