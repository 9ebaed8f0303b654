import * as z from "zod";

/** OpenAI's error body; `code` is one of the stable names of `PROBLEM_KINDS`. */
export const errorEnvelopeSchema = z
  .object({
    error: z.object({
      message: z.string(),
      type: z.string(),
      param: z.string().nullable(),
      code: z.string(),
      detail: z.record(z.string(), z.unknown()).optional(),
    }),
  })
  .meta({ id: "Error" });

/** The body of every refusal. */
export type ErrorEnvelope = z.infer<typeof errorEnvelopeSchema>;
