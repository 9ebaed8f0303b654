import { problem } from "../core/problem.ts";
import type { Result } from "../core/result.ts";
import { fail, ok } from "../core/result.ts";
import type { FinishEvent, GenerationRequest, Score } from "../engine/generation.ts";
import type { ReadyModel } from "../service/model-runner.ts";
import type { Completion } from "../wire/completion.ts";
import type { Provenance } from "../wire/provenance.ts";
import { collectAnswer } from "./collect-answer.ts";
import type { CompletionHead } from "./to-wire/completion.ts";
import { toChoice, toCompletion, toUsage } from "./to-wire/completion.ts";
import type { PatchReport } from "./to-wire/provenance.ts";
import { mergeReports, toEffect } from "./to-wire/provenance.ts";

/** Where answers of `ready` come from, with what `report` says of one of them. */
export const toProvenance = (ready: ReadyModel, report: PatchReport): Provenance => ({
  model: ready.record.digest,
  bundle: ready.target?.bundle ?? null,
  version: ready.target?.version ?? null,
  channel: ready.channel,
  sequence: ready.sequence,
  patchSet: ready.patchSet,
  hotfixes: [...ready.hotfixes],
  disabled: [...ready.disabled],
  attached: ready.patches.attached,
  everywhere: ready.patches.everywhere,
  ...toEffect(report, ready.patches.originOf),
});

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** A whole completion, and what its parts took in milliseconds. */
export interface TimedCompletion {
  readonly completion: Completion;
  readonly prefill: number;
  readonly decode: number;
}

/**
 * Answers every prompt, one after the other: a session computes on one thread.
 * Errors: `cancelled` once the client has hung up; the prompts still to come are not begun.
 */
export const answerCompletion = async (
  ready: ReadyModel,
  generations: readonly GenerationRequest[],
  head: CompletionHead,
  signal: AbortSignal,
): Promise<Result<TimedCompletion>> => {
  const { engine } = ready.lease;
  const { patchSet, originOf } = ready.patches;
  const choices = [];
  const finishes: FinishEvent[] = [];
  for (const [index, generation] of generations.entries()) {
    const events = engine.generate(generation, patchSet, signal);
    const { text, logprobs, finish } = await collectAnswer(events, generation.logprobs !== null);
    if (finish.reason === "cancelled") return fail(problem("cancelled", "The client hung up."));
    choices.push(toChoice(index, text, logprobs, finish, toEffect(finish, originOf)));
    finishes.push(finish);
  }
  return ok({
    completion: toCompletion(head, choices, toUsage(finishes), toProvenance(ready, mergeReports(finishes))),
    prefill: sum(finishes.map((finish) => finish.timings.prefill)),
    decode: sum(finishes.map((finish) => finish.timings.decode)),
  });
};

/** A score in the form of a completion without choices. */
export const toScoredCompletion = (
  ready: ReadyModel,
  head: CompletionHead,
  score: Score,
  promptTokens: number,
): Completion => {
  const tokenLogprobs = score.tokens.map((token) => token.logprob);
  const total = sum(tokenLogprobs);
  const usage = { prompt_tokens: promptTokens, completion_tokens: 0, total_tokens: promptTokens };
  return toCompletion(head, [], usage, {
    ...toProvenance(ready, score),
    score: {
      tokens: score.tokens.map((token) => token.text),
      tokenLogprobs,
      greedy: [...score.greedy],
      sum: total,
      mean: total / tokenLogprobs.length,
    },
  });
};
