import type { ServiceClient } from "../../client/client.ts";
import { ok, type Result } from "../../core/result.ts";
import type { WorkshopContext } from "../workshop-context.ts";
import type { DemoCase } from "./demo-case.ts";

/** Whom to ask, and how long an answer may be. */
export interface AskedModel {
  readonly client: ServiceClient;
  /** Model and channel: `world@stable`. */
  readonly model: string;
  /** The model's context: an answer ends by itself, or where the context does. */
  readonly maxTokens: number;
}

/** One answer of the service. */
export interface TimedAnswer {
  /** Without spaces at its ends. */
  readonly text: string;
  /** The first patch that fired, by its name; null where none did. */
  readonly patch: string | null;
  /** From the request to the whole answer, as the client sees it. */
  readonly ms: number;
}

/** The answers about one mistake; null where the case has no such prompt. */
export interface CaseAnswers {
  readonly prompt: TimedAnswer;
  readonly rephrasing: TimedAnswer | null;
  readonly neighbour: TimedAnswer | null;
}

const ask = async (
  { client, model, maxTokens }: AskedModel,
  prompt: string,
  now: () => number,
): Promise<Result<TimedAnswer>> => {
  const started = now();
  const completion = await client.completions.create({
    model,
    prompt,
    max_tokens: maxTokens,
    temperature: 0,
  });
  if (!completion.ok) return completion;
  const { choices, errata } = completion.value;
  return ok({
    text: (choices[0]?.text ?? "").trim(),
    patch: errata?.fired[0]?.patch ?? null,
    ms: now() - started,
  });
};

const askCase = async (
  model: AskedModel,
  asked: DemoCase,
  now: () => number,
): Promise<Result<CaseAnswers>> => {
  const askIfAny = async (prompt: string | null): Promise<Result<TimedAnswer | null>> =>
    prompt === null ? ok(null) : ask(model, prompt, now);
  const prompt = await ask(model, asked.prompt, now);
  if (!prompt.ok) return prompt;
  const rephrasing = await askIfAny(asked.rephrasing);
  if (!rephrasing.ok) return rephrasing;
  const neighbour = await askIfAny(asked.neighbour);
  if (!neighbour.ok) return neighbour;
  return ok({ prompt: prompt.value, rephrasing: rephrasing.value, neighbour: neighbour.value });
};

/**
 * Asks everything about every case, greedily, one request after another. Errors: those of the service.
 */
export const askCases = async (
  model: AskedModel,
  cases: readonly DemoCase[],
  stage: string,
  { now, progress }: Pick<WorkshopContext, "now" | "progress">,
): Promise<Result<readonly CaseAnswers[]>> => {
  const answers: CaseAnswers[] = [];
  for (const asked of cases) {
    const answered = await askCase(model, asked, now);
    if (!answered.ok) return answered;
    answers.push(answered.value);
    progress.step({ stage, done: answers.length, total: cases.length });
  }
  return ok(answers);
};
