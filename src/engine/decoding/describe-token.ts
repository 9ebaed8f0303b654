import type { TokenEvent, TokenLogprob } from "../generation.ts";
import { logSumExp, topIds } from "../sampling/logprobs.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";

/** A token as an event carries it. */
export type AnswerToken = TokenEvent["tokens"][number];

const alternative = (
  tokenizer: Tokenizer,
  logits: Float32Array,
  total: number,
  id: number,
): TokenLogprob => ({
  id,
  text: tokenizer.tokenText(id),
  logprob: logits[id]! - total,
});

/**
 * Describes token `id`, chosen under `logits` [vocabulary], which are null where nothing came before it. The
 * log-probabilities are the model's own, before temperature and nucleus; `count` null leaves them out.
 */
export const describeToken = (
  tokenizer: Tokenizer,
  id: number,
  logits: Float32Array | null,
  count: number | null,
): AnswerToken => {
  const text = tokenizer.tokenText(id);
  if (logits === null || count === null) return { id, text, logprob: null, top: [] };
  const total = logSumExp(logits);
  const top = topIds(logits, count).map((other) => alternative(tokenizer, logits, total, other));
  return { id, text, logprob: logits[id]! - total, top };
};
