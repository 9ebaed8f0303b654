import * as z from "zod";
import { effectSchema, provenanceSchema } from "./provenance.ts";

const logprobsSchema = z.object({
  tokens: z.array(z.string()),
  token_logprobs: z.array(z.number().nullable()),
  top_logprobs: z.array(z.record(z.string(), z.number()).nullable()).nullable(),
  text_offset: z.array(z.int()).meta({ description: "Where each token begins in `text`." }),
});

const usageSchema = z.object({
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  total_tokens: z.int(),
});

const choiceSchema = z.object({
  index: z.int(),
  text: z.string(),
  logprobs: logprobsSchema.nullable(),
  finish_reason: z.enum(["stop", "length"]).nullable(),
  errata: effectSchema.optional(),
});

/** OpenAI's completion object, whole or as one chunk of a stream, with where it comes from in `errata`. */
export const completionSchema = z
  .object({
    id: z.string(),
    object: z.literal("text_completion"),
    created: z.int().meta({ description: "Unix time in seconds." }),
    model: z.string(),
    choices: z.array(choiceSchema),
    usage: usageSchema.nullable().optional(),
    errata: provenanceSchema.optional(),
  })
  .meta({ id: "Completion" });

/** A completion, or a chunk of one, on the wire. */
export type Completion = z.infer<typeof completionSchema>;
/** One choice on the wire. */
export type Choice = z.infer<typeof choiceSchema>;
/** Token counts on the wire. */
export type Usage = z.infer<typeof usageSchema>;
/** Log-probabilities of a choice on the wire. */
export type Logprobs = z.infer<typeof logprobsSchema>;
