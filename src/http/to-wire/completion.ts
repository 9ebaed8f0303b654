import type { FinishEvent, GenerationRequest, Score } from "../../engine/generation.ts";
import type { Answer } from "../../service/answering/answer-prompts.ts";
import type { ReadyModel } from "../../service/answering/model-runner.ts";
import type { Choice, Completion, Usage } from "../../wire/completion.ts";
import type { Provenance } from "../../wire/provenance.ts";
import { toAnswerLogprobs } from "./logprobs.ts";
import { mergeReports, toEffect, toProvenance } from "./provenance.ts";

/** What all chunks of one completion share. */
export interface CompletionHead {
  readonly id: string;
  readonly created: number;
  readonly model: string;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** OpenAI knows no cancelled answer; one that was cut short is `length`. */
export const toFinishReason = (finish: FinishEvent): "stop" | "length" =>
  finish.reason === "stop" ? "stop" : "length";

/** The token counts of all choices together. */
export const toUsage = (finishes: readonly FinishEvent[]): Usage => {
  const prompt = sum(finishes.map(({ promptTokens }) => promptTokens));
  const completion = sum(finishes.map(({ completionTokens }) => completionTokens));
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
};

const toChoice = (
  ready: ReadyModel,
  { logprobs }: GenerationRequest,
  { tokens, finish }: Answer,
  index: number,
): Choice => ({
  index,
  text: tokens.map(({ text }) => text).join(""),
  logprobs: logprobs === null ? null : toAnswerLogprobs(tokens),
  finish_reason: toFinishReason(finish),
  errata: toEffect(ready, finish),
});

/** Puts the answers to `generations` on the wire. */
export const toCompletion = (
  ready: ReadyModel,
  head: CompletionHead,
  generations: readonly GenerationRequest[],
  answers: readonly Answer[],
): Completion => {
  const finishes = answers.map(({ finish }) => finish);
  return {
    ...head,
    object: "text_completion",
    choices: answers.map((answer, index) => toChoice(ready, generations[index]!, answer, index)),
    usage: toUsage(finishes),
    errata: toProvenance(ready, mergeReports(finishes)),
  };
};

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

/** A score in the form of a completion without choices. */
export const toScoredCompletion = (
  ready: ReadyModel,
  head: CompletionHead,
  score: Score,
  promptTokens: number,
): Completion => {
  const tokenLogprobs = score.tokens.map((token) => token.logprob);
  const total = sum(tokenLogprobs);
  return {
    ...head,
    object: "text_completion",
    choices: [],
    usage: { prompt_tokens: promptTokens, completion_tokens: 0, total_tokens: promptTokens },
    errata: {
      ...toProvenance(ready, score),
      score: {
        tokens: score.tokens.map((token) => token.text),
        tokenLogprobs,
        greedy: [...score.greedy],
        sum: total,
        mean: total / tokenLogprobs.length,
      },
    },
  };
};
