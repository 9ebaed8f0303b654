import * as z from "zod";
import { REQUEST_LIMITS } from "./limits.ts";

const tokenIds = z.array(z.int().nonnegative()).min(1);

const promptSchema = z.union([z.string(), z.array(z.string()).min(1), tokenIds, z.array(tokenIds).min(1)], {
  error: "expected a string, strings, token ids, or arrays of token ids, and at least one of them",
});

/** The body of `POST /v1/completions`: OpenAI's fields, and `errata`. Fields it does not name are ignored. */
export const completionRequestSchema = z
  .object({
    model: z.string().optional().meta({ example: "world@stable" }),
    prompt: promptSchema.meta({
      description:
        "Text is read as text, also where it spells a special token such as `<|endoftext|>`; who means the token " +
        "sends token ids.",
      example: "The capital of France is",
    }),
    max_tokens: z.int().nonnegative().nullish().meta({ description: "Default 16." }),
    temperature: z
      .number()
      .min(0)
      .max(REQUEST_LIMITS.temperature)
      .nullish()
      .meta({ description: "Default 1; 0 is greedy." }),
    top_p: z.number().min(0).max(1).nullish().meta({ description: "Default 1." }),
    seed: z.int().nullish(),
    stop: z.union([z.string(), z.array(z.string())], { error: "expected a string or strings" }).nullish(),
    logprobs: z.int().nonnegative().nullish(),
    echo: z.boolean().nullish(),
    stream: z.boolean().nullish(),
    stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
    n: z.int().nullish().meta({ description: "Only 1 is supported." }),
    best_of: z.int().nullish().meta({ description: "Only 1 is supported." }),
    presence_penalty: z.number().nullish().meta({ description: "Only 0 is supported." }),
    frequency_penalty: z.number().nullish().meta({ description: "Only 0 is supported." }),
    logit_bias: z.record(z.string(), z.number()).nullish().meta({ description: "Only {} is supported." }),
    suffix: z.string().nullish().meta({ description: "Only the empty text is supported." }),
    user: z.string().nullish(),
    errata: z
      .object({
        score: z.string().min(1).optional().meta({
          description: "Return the log-probabilities of this text after the prompt, and generate nothing.",
        }),
      })
      .nullish(),
  })
  .meta({ id: "CompletionRequest" });

/** A completion request on the wire. */
export type CompletionRequest = z.infer<typeof completionRequestSchema>;
