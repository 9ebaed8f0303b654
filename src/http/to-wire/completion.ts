import type { FinishEvent, TokenEvent } from "../../engine/generation.ts";
import type { Choice, Completion, Logprobs, Usage } from "../../wire/completion.ts";
import type { Effect, Provenance } from "../../wire/provenance.ts";

/** What all chunks of one completion share. */
export interface CompletionHead {
  readonly id: string;
  readonly created: number;
  readonly model: string;
}

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

/** The log-probabilities of several events, in order. */
export const joinLogprobs = (parts: readonly Logprobs[]): Logprobs => ({
  tokens: parts.flatMap((part) => part.tokens),
  token_logprobs: parts.flatMap((part) => part.token_logprobs),
  top_logprobs: parts.flatMap((part) => part.top_logprobs ?? []),
  text_offset: parts.flatMap((part) => part.text_offset),
});

/** OpenAI knows no cancelled answer; one that was cut short is `length`. */
export const toFinishReason = (finish: FinishEvent): "stop" | "length" =>
  finish.reason === "stop" ? "stop" : "length";

/** The token counts of all choices together. */
export const toUsage = (finishes: readonly FinishEvent[]): Usage => {
  const prompt = finishes.reduce((sum, finish) => sum + finish.promptTokens, 0);
  const completion = finishes.reduce((sum, finish) => sum + finish.completionTokens, 0);
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
};

/** A whole completion. */
export const toCompletion = (
  head: CompletionHead,
  choices: readonly Choice[],
  usage: Usage,
  errata: Provenance,
): Completion => ({ ...head, object: "text_completion", choices: [...choices], usage, errata });

/** One chunk of a stream: a single choice. `usage` is null on all but the last where the client wants it. */
export const toChunk = (
  head: CompletionHead,
  choice: Choice,
  includeUsage: boolean,
  errata?: Provenance,
): Completion => ({
  ...head,
  object: "text_completion",
  choices: [choice],
  ...(includeUsage ? { usage: null } : {}),
  ...(errata ? { errata } : {}),
});

/** The extra chunk that carries the token counts under `stream_options.include_usage`. */
export const toUsageChunk = (head: CompletionHead, usage: Usage): Completion => ({
  ...head,
  object: "text_completion",
  choices: [],
  usage,
});

/** A choice that is complete. */
export const toChoice = (
  index: number,
  text: string,
  logprobs: Logprobs | null,
  finish: FinishEvent,
  errata: Effect,
): Choice => ({ index, text, logprobs, finish_reason: toFinishReason(finish), errata });
