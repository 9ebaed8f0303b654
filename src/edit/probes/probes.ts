import { z } from "zod";
import { type LineForm, parseJsonLines } from "../../core/json-lines.ts";
import type { Result } from "../../core/result.ts";

/** One line of a model's `stats/probes.jsonl`. */
export const probePromptSchema = z.object({
  prompt: z.string().min(1),
  /** What the prompt asks about; prompts about the same subject are never each other's negatives by default. */
  subject: z.string().min(1),
  /** Prompts of one group ask for the same kind of thing, for example the capital of a country. */
  relation: z.string().min(1),
  /** Which way of asking, within the group. */
  phrasing: z.int().nonnegative(),
  /** Cut from a text: nothing is known of what it asks but its words. */
  cut: z.literal(true).optional(),
});

/** A prompt of the model's domain, used to measure distances and side effects; never trained on by a method. */
export type ProbePrompt = z.infer<typeof probePromptSchema>;

const LINE: LineForm<ProbePrompt> = {
  schema: probePromptSchema,
  expected: "{prompt, subject, relation, phrasing}",
  code: "malformed_edit",
};

/** Parses the lines of a probe file; malformed lines are named by their numbers. */
export const parseProbes = (text: string, file: string): Result<readonly ProbePrompt[]> =>
  parseJsonLines(text, file, LINE);
