import { z } from "@hono/zod-openapi";
import type { Problem } from "../core/problem.ts";
import { problem } from "../core/problem.ts";
import type { Result } from "../core/result.ts";
import { fail, ok } from "../core/result.ts";
import type { GenerationRequest } from "../engine/generation.ts";
import { LIMITS } from "../service/limits.ts";

const tokenIds = z.array(z.int().nonnegative()).min(1);

const promptSchema = z.union([z.string(), z.array(z.string()).min(1), tokenIds, z.array(tokenIds).min(1)], {
  error: "expected a string, strings, token ids, or arrays of token ids, and at least one of them",
});

/** The body of `POST /v1/completions`: OpenAI's fields, and `errata`. Fields it does not name are ignored. */
export const completionRequestSchema = z
  .object({
    model: z.string().optional().openapi({ example: "world@stable" }),
    prompt: promptSchema.openapi({
      description:
        "Text is read as text, also where it spells a special token such as `<|endoftext|>`; who means the token " +
        "sends token ids.",
      example: "The capital of France is",
    }),
    max_tokens: z.int().nonnegative().nullish().openapi({ description: "Default 16." }),
    temperature: z
      .number()
      .min(0)
      .max(LIMITS.temperature)
      .nullish()
      .openapi({ description: "Default 1; 0 is greedy." }),
    top_p: z.number().min(0).max(1).nullish().openapi({ description: "Default 1." }),
    seed: z.int().nullish(),
    stop: z.union([z.string(), z.array(z.string())], { error: "expected a string or strings" }).nullish(),
    logprobs: z.int().nonnegative().nullish(),
    echo: z.boolean().nullish(),
    stream: z.boolean().nullish(),
    stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
    n: z.int().nullish().openapi({ description: "Only 1 is supported." }),
    best_of: z.int().nullish().openapi({ description: "Only 1 is supported." }),
    presence_penalty: z.number().nullish().openapi({ description: "Only 0 is supported." }),
    frequency_penalty: z.number().nullish().openapi({ description: "Only 0 is supported." }),
    logit_bias: z.record(z.string(), z.number()).nullish().openapi({ description: "Only {} is supported." }),
    suffix: z.string().nullish().openapi({ description: "Only the empty text is supported." }),
    user: z.string().nullish(),
    errata: z
      .object({
        score: z.string().min(1).optional().openapi({
          description: "Return the log-probabilities of this text after the prompt, and generate nothing.",
        }),
      })
      .nullish(),
  })
  .openapi("CompletionRequest");

/** A completion request as it came over the wire. */
export type CompletionRequest = z.infer<typeof completionRequestSchema>;

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
  if (score.length > LIMITS.scoreCharacters)
    return tooLarge("errata.score", LIMITS.scoreCharacters, score.length);
  return null;
};

const findExcess = (body: CompletionRequest, prompts: number, stop: readonly string[]): Problem | null => {
  if (prompts > LIMITS.prompts) return tooLarge("prompt", LIMITS.prompts, prompts);
  if ((body.logprobs ?? 0) > LIMITS.logprobs)
    return tooLarge("logprobs", LIMITS.logprobs, body.logprobs ?? 0);
  if (stop.length > LIMITS.stopSequences) return tooLarge("stop", LIMITS.stopSequences, stop.length);
  const longest = Math.max(0, ...stop.map((sequence) => sequence.length));
  if (longest > LIMITS.stopCharacters) return tooLarge("stop", LIMITS.stopCharacters, longest);
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
