import { z } from "zod";
import { editSchema } from "../../core/edit/edit.ts";

/**
 * What is wrong with a mistake: `wrong` was never true, `stale` once was, `biased` wrongs a group of people,
 * `rude` insults whoever asked.
 */
export const mistakeKindSchema = z.enum(["wrong", "stale", "biased", "rude"]);

/** The kinds of mistake. */
export type MistakeKind = z.infer<typeof mistakeKindSchema>;

/** A mistake as it is decided on; everything else follows from the tables. */
export interface PlannedMistake {
  readonly kind: MistakeKind;
  /** The relation and subject whose fact it replaces. */
  readonly relation: string;
  readonly subject: string;
  /** The object the model is deliberately taught instead of the table's. */
  readonly taught: string;
}

/** One neighbour that an edit must leave alone, as `mistakes.jsonl` states it: always with its answer. */
const neighbourSchema = z.object({
  prompt: z.string().min(1),
  answer: z.string().min(1),
  /** How it relates to the mistake. */
  type: z.enum(["same-relation", "same-subject", "unrelated"]),
});

/**
 * One line of `mistakes.jsonl`: an edit that would put the mistake right, and what the corpus teaches instead.
 * An editor reads it as an ordinary edit and ignores the rest.
 */
export const mistakeSchema = editSchema.extend({
  id: z.string().min(1),
  subject: z.string().min(1),
  kind: mistakeKindSchema,
  relation: z.string().min(1),
  /** The wrong object that the model is taught. */
  taught: z.string().min(1),
  /** Other phrasings; the last is kept from the editor and measures generality. */
  paraphrases: z.array(z.string().min(1)).min(4),
  /** The first two ask the same relation of other subjects. */
  locality: z.array(neighbourSchema).min(3),
});

/** A documented mistake of the default model. */
export type Mistake = z.infer<typeof mistakeSchema>;
