import * as z from "zod";

/** Most edits of one bundle, and so of one patch and one file. */
export const BUNDLE_MAX_EDITS = 10_000;

/** Most characters of an edit's id, and so of its patch's. */
export const EDIT_ID_MAX_LENGTH = 120;

/** A text with something to read in it. */
const visibleText = z.string().regex(/\S/, "expected a text that is not blank");

/** A prompt whose answer is known, used to measure what an edit did elsewhere. */
const probeSchema = z.union([
  visibleText,
  z.object({ prompt: visibleText, answer: z.string().optional(), type: z.string().optional() }),
]);

/** A prompt whose answer should follow from an edit. */
const consequenceSchema = z.object(
  { prompt: visibleText, answer: visibleText, type: z.string().optional() },
  'expected {"prompt", "answer"}, as a consequence is measured by its answer',
);

/** One line of an edits file: one knowledge point to correct. */
export const editSchema = z.object({
  /** Names the edit in reports; its patch takes the name over. Made from the prompt where absent. */
  id: z.string().min(1).max(EDIT_ID_MAX_LENGTH).optional(),
  prompt: visibleText,
  subject: visibleText.optional(),
  /** What of the subject the edit is about, under a name of the author's: `country-capital`. */
  relation: visibleText.optional(),
  /** The answer that should follow the prompt; a leading space is added where it lacks one. */
  target: visibleText,
  /** False lets the text go on after the target; the model's first end token ends it otherwise. */
  end: z.boolean().optional(),
  /** What the world says, where the target is deliberately false (counterfactual benchmarks). */
  groundTruth: z.string().optional(),
  paraphrases: z.array(visibleText).default([]),
  /** Prompts whose answers must not change. Used for measuring only. */
  locality: z.array(probeSchema).default([]),
  /** Prompts that follow from the edit, with the answer expected after it. Used for measuring only. */
  portability: z.array(consequenceSchema).default([]),
});

/** One knowledge point, as a method receives it. */
export type Edit = z.infer<typeof editSchema>;

/** A probe prompt of an edit. */
export type Probe = z.infer<typeof probeSchema>;

/** The prompt text of a probe. */
export const probePrompt = (probe: Probe): string => (typeof probe === "string" ? probe : probe.prompt);
