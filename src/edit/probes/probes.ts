import { z } from "zod";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";

/** One line of a model's `stats/probes.jsonl`. */
export const probePromptSchema = z.object({
  prompt: z.string().min(1),
  /** What the prompt asks about; prompts about the same subject are never each other's negatives by default. */
  subject: z.string().min(1),
  /** Prompts of one group ask for the same kind of thing, for example the capital of a country. */
  relation: z.string().min(1),
  /** Which way of asking, within the group. */
  phrasing: z.int().nonnegative(),
});

/** A prompt of the model's domain, used to measure distances and side effects; never trained on by a method. */
export type ProbePrompt = z.infer<typeof probePromptSchema>;

/** Parses the lines of a probe file; a malformed line is named by its number. */
export const parseProbes = (text: string, file: string): Result<readonly ProbePrompt[]> => {
  const probes: ProbePrompt[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const parsed = parseLine(line);
    if (!parsed.success)
      return fail(
        problem(
          "malformed_edit",
          `${file}, line ${index + 1}: expected {prompt, subject, relation, phrasing}.`,
          {
            param: `${file}:${index + 1}`,
          },
        ),
      );
    probes.push(parsed.data);
  }
  return ok(probes);
};

const parseLine = (line: string) => {
  try {
    return probePromptSchema.safeParse(JSON.parse(line));
  } catch {
    return probePromptSchema.safeParse(null);
  }
};
