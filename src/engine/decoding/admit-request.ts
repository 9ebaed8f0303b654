import type { PreparedModel } from "../../core/model/prepared-model.ts";
import { type Problem, problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { HIGHEST_TEMPERATURE, LONGEST_STOP, MOST_STOPS } from "../../core/sampling-limits.ts";
import type { GenerationRequest } from "../generation.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";

/** Most alternatives that are reported for a token. */
export const MOST_LOGPROBS = 20;

/** What a model's engine accepts. */
export interface EngineLimits {
  /** Most tokens, prompt and answer together. */
  readonly context: number;
  /** Longest prompt, in tokens: it leaves room for one more. */
  readonly promptTokens: number;
  readonly logprobs: number;
  readonly stops: number;
  readonly stopLength: number;
  readonly temperature: number;
}

/** The limits of `model`. */
export const limitsOf = (model: PreparedModel): EngineLimits => ({
  context: model.dims.context,
  promptTokens: model.dims.context - 1,
  logprobs: MOST_LOGPROBS,
  stops: MOST_STOPS,
  stopLength: LONGEST_STOP,
  temperature: HIGHEST_TEMPERATURE,
});

/** A request whose prompt is token ids, known to be within the limits. */
export type AdmittedRequest = GenerationRequest & { readonly prompt: readonly number[] };

const between = (value: number, least: number, most: number): boolean => value >= least && value <= most;

const outside = (param: string, expected: string, came: unknown): Problem =>
  problem("limit_exceeded", `${param} must be ${expected}; got ${came}.`, { param });

/** The first setting of `request` that is outside the limits. */
const settingProblem = (request: GenerationRequest, limits: EngineLimits): Problem | undefined => {
  const { maxTokens, temperature, topP, stop, logprobs, seed } = request;
  if (!Number.isInteger(maxTokens) || !between(maxTokens, 0, limits.context))
    return outside("max_tokens", `a whole number from 0 to ${limits.context}`, maxTokens);
  if (!between(temperature, 0, limits.temperature))
    return outside("temperature", `from 0 to ${limits.temperature}`, temperature);
  if (!(topP > 0 && topP <= 1)) return outside("top_p", "above 0 and at most 1", topP);
  if (!Number.isSafeInteger(seed)) return outside("seed", "a whole number", seed);
  if (logprobs !== null && !(Number.isInteger(logprobs) && between(logprobs, 0, limits.logprobs)))
    return outside("logprobs", `a whole number from 0 to ${limits.logprobs}`, logprobs);
  if (stop.length > limits.stops) return outside("stop", `at most ${limits.stops} sequences`, stop.length);
  const unfit = stop.find((text) => !between(text.length, 1, limits.stopLength));
  if (unfit === undefined) return undefined;
  return outside("stop", `sequences of 1 to ${limits.stopLength} characters`, `one of ${unfit.length}`);
};

/** Token ids of a prompt; fails for one that is empty, too long, or not made of the model's tokens. */
export const admitPrompt = (
  model: PreparedModel,
  tokenizer: Tokenizer,
  prompt: string | readonly number[],
): Result<readonly number[]> => {
  const ids = typeof prompt === "string" ? tokenizer.encode(prompt) : prompt;
  if (prompt.length === 0 || ids.length === 0)
    return fail(
      problem("prompt_empty", "The prompt is empty; send at least one token.", { param: "prompt" }),
    );
  const { context, vocabulary } = model.dims;
  if (ids.length >= context)
    return fail(
      problem(
        "prompt_too_long",
        `The prompt has ${ids.length} tokens; ${model.name} takes at most ${context - 1}. Shorten it.`,
        { param: "prompt", detail: { promptTokens: ids.length, limit: context - 1 } },
      ),
    );
  const unknown = ids.find((id) => !Number.isInteger(id) || !between(id, 0, vocabulary - 1));
  if (unknown === undefined) return ok(ids);
  return fail(
    problem("invalid_request", `Token ids run from 0 to ${vocabulary - 1}; got ${unknown}.`, {
      param: "prompt",
    }),
  );
};

/** Checks a request against the model's limits and turns its prompt into token ids. */
export const admitRequest = (
  model: PreparedModel,
  tokenizer: Tokenizer,
  request: GenerationRequest,
): Result<AdmittedRequest> => {
  const unfit = settingProblem(request, limitsOf(model));
  if (unfit !== undefined) return fail(unfit);
  const prompt = admitPrompt(model, tokenizer, request.prompt);
  return prompt.ok ? ok({ ...request, prompt: prompt.value }) : prompt;
};
