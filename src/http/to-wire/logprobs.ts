import type { TokenEvent } from "../../engine/generation.ts";
import type { Logprobs } from "../../wire/completion.ts";

/**
 * Where each token begins in the text of its event. A token that is only a part of a character is spelled by
 * its bytes and so not found in the text; it begins where the token before it ended.
 */
const startsIn = (event: TokenEvent): number[] => {
  let cursor = 0;
  return event.tokens.map((token) => {
    const found = event.text.indexOf(token.text, cursor);
    const start = found < 0 ? cursor : found;
    cursor = found < 0 ? cursor : found + token.text.length;
    return start;
  });
};

/** The log-probabilities of one event's tokens; `offset` is where the event's text begins in its choice. */
export const toLogprobs = (event: TokenEvent, offset: number): Logprobs => ({
  tokens: event.tokens.map((token) => token.text),
  token_logprobs: event.tokens.map((token) => token.logprob),
  top_logprobs: event.tokens.map((token) =>
    token.logprob === null ? null : Object.fromEntries(token.top.map((top) => [top.text, top.logprob])),
  ),
  text_offset: startsIn(event).map((start) => offset + start),
});

/** The log-probabilities of a whole answer's tokens. */
export const toAnswerLogprobs = (tokens: readonly TokenEvent[]): Logprobs => {
  let offset = 0;
  const parts = tokens.map((event) => {
    const part = toLogprobs(event, offset);
    offset += event.text.length;
    return part;
  });
  return {
    tokens: parts.flatMap((part) => part.tokens),
    token_logprobs: parts.flatMap((part) => part.token_logprobs),
    top_logprobs: parts.flatMap((part) => part.top_logprobs ?? []),
    text_offset: parts.flatMap((part) => part.text_offset),
  };
};
