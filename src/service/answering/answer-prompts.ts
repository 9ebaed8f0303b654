import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { FinishEvent, GenerationEvent, GenerationRequest, TokenEvent } from "../../engine/generation.ts";
import type { ReadyModel } from "./model-runner.ts";

/** A generation that has ended. */
export interface Answer {
  readonly tokens: readonly TokenEvent[];
  readonly finish: FinishEvent;
}

/** Checks every prompt before the first is answered. Errors: those of the engine's `admit`. */
export const admitPrompts = (
  { lease, patches }: ReadyModel,
  generations: readonly GenerationRequest[],
): Result<readonly GenerationRequest[]> => {
  const admitted: GenerationRequest[] = [];
  for (const generation of generations) {
    const result = lease.engine.admit(generation, patches.patchSet);
    if (!result.ok) return result;
    admitted.push(result.value);
  }
  return ok(admitted);
};

const collectAnswer = async (events: AsyncIterable<GenerationEvent>): Promise<Answer> => {
  const tokens: TokenEvent[] = [];
  let finish: FinishEvent | undefined;
  for await (const event of events) {
    if (event.kind === "finish") finish = event;
    else tokens.push(event);
  }
  if (!finish) throw new Error("a generation ended without its finish event");
  return { tokens, finish };
};

/**
 * Answers every prompt, one after the other: a session computes on one thread.
 * Errors: `cancelled` once the client has hung up; the prompts still to come are not begun.
 */
export const answerPrompts = async (
  { lease, patches }: ReadyModel,
  generations: readonly GenerationRequest[],
  signal: AbortSignal,
): Promise<Result<readonly Answer[]>> => {
  const answers: Answer[] = [];
  for (const generation of generations) {
    const answer = await collectAnswer(lease.engine.generate(generation, patches.patchSet, signal));
    if (answer.finish.reason === "cancelled") return fail(problem("cancelled", "The client hung up."));
    answers.push(answer);
  }
  return ok(answers);
};

/** What all answers together took, in milliseconds. */
export const totalTimings = (
  answers: readonly Answer[],
): { readonly prefill: number; readonly decode: number } => ({
  prefill: answers.reduce((total, { finish }) => total + finish.timings.prefill, 0),
  decode: answers.reduce((total, { finish }) => total + finish.timings.decode, 0),
});
