import { type Problem, problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { GenerationRequest } from "../../engine/generation.ts";
import type { CompletionRequest } from "../../wire/completion-request.ts";
import { REQUEST_LIMITS } from "../../wire/limits.ts";

/** A completion request with every default filled in: one generation for each prompt. */
export interface CompletionPlan {
  readonly generations: readonly GenerationRequest[];
  readonly stream: boolean;
  readonly includeUsage: boolean;
  /** The text to score after the prompt instead of generating. */
  readonly score: string | null;
}

/** OpenAI's defaults. */
const DEFAULT_MAX_TOKENS = 16;
const DEFAULT_TEMPERATURE = 1;
const DEFAULT_TOP_P = 1;

const unsupported = (param: string, only: string): Problem =>
  problem("unsupported_value", `${param}: only ${only} is supported; leave the field out.`, { param });

const tooLarge = (param: string, limit: number, came: number): Problem =>
  problem("limit_exceeded", `${param}: at most ${limit} allowed, ${came} came.`, {
    param,
    detail: { limit, came },
  });

const findUnsupported = (body: CompletionRequest): Problem | null => {
  if ((body.n ?? 1) !== 1) return unsupported("n", "1");
  if ((body.best_of ?? 1) !== 1) return unsupported("best_of", "1");
  if ((body.presence_penalty ?? 0) !== 0) return unsupported("presence_penalty", "0");
  if ((body.frequency_penalty ?? 0) !== 0) return unsupported("frequency_penalty", "0");
  if (Object.keys(body.logit_bias ?? {}).length > 0) return unsupported("logit_bias", "an empty object");
  if (body.suffix) return unsupported("suffix", "an empty text");
  return null;
};

const findUnscorable = (body: CompletionRequest, prompts: number): Problem | null => {
  const score = body.errata?.score;
  if (score === undefined) return null;
  if (prompts !== 1) return unsupported("prompt", "one prompt with errata.score");
  if (body.stream) return unsupported("stream", "false with errata.score");
  if (score.length > REQUEST_LIMITS.scoreCharacters)
    return tooLarge("errata.score", REQUEST_LIMITS.scoreCharacters, score.length);
  return null;
};

const findExcess = (body: CompletionRequest, prompts: number, stop: readonly string[]): Problem | null => {
  if (prompts > REQUEST_LIMITS.prompts) return tooLarge("prompt", REQUEST_LIMITS.prompts, prompts);
  if ((body.logprobs ?? 0) > REQUEST_LIMITS.logprobs)
    return tooLarge("logprobs", REQUEST_LIMITS.logprobs, body.logprobs ?? 0);
  if (stop.length > REQUEST_LIMITS.stopSequences)
    return tooLarge("stop", REQUEST_LIMITS.stopSequences, stop.length);
  const longest = Math.max(0, ...stop.map((sequence) => sequence.length));
  if (longest > REQUEST_LIMITS.stopCharacters)
    return tooLarge("stop", REQUEST_LIMITS.stopCharacters, longest);
  return null;
};

const toPrompts = (prompt: CompletionRequest["prompt"]): readonly (string | readonly number[])[] => {
  if (typeof prompt === "string") return [prompt];
  return typeof prompt[0] === "number" ? [prompt as number[]] : (prompt as (string | number[])[]);
};

const toStop = (stop: CompletionRequest["stop"]): readonly string[] =>
  (typeof stop === "string" ? [stop] : (stop ?? [])).filter((sequence) => sequence !== "");

/**
 * Turns a request into generations. Values that OpenAI knows and this service does not are refused as
 * `unsupported_value`, values past a limit as `limit_exceeded`, each naming its field.
 *
 * @param drawnSeed seeds the sampling where the request brings no seed
 */
export const planCompletion = (body: CompletionRequest, drawnSeed: number): Result<CompletionPlan> => {
  const prompts = toPrompts(body.prompt);
  const stop = toStop(body.stop);
  const cause =
    findUnsupported(body) ?? findUnscorable(body, prompts.length) ?? findExcess(body, prompts.length, stop);
  if (cause) return fail(cause);
  const sampling = {
    maxTokens: body.max_tokens ?? DEFAULT_MAX_TOKENS,
    temperature: body.temperature ?? DEFAULT_TEMPERATURE,
    topP: body.top_p ?? DEFAULT_TOP_P,
    seed: body.seed ?? drawnSeed,
    stop,
    logprobs: body.logprobs ?? null,
    echo: body.echo ?? false,
  };
  return ok({
    generations: prompts.map((prompt) => ({ prompt, ...sampling })),
    stream: body.stream ?? false,
    includeUsage: body.stream_options?.include_usage ?? false,
    score: body.errata?.score ?? null,
  });
};
