import { z } from "zod";
import { editSchema } from "../../core/edit/edit.ts";
import { ok } from "../../core/result.ts";
import { parseRecord, type RecordReader, someAnswer, someText } from "./records.ts";

const rewriteSchema = z.object({
  /** With `{}` for the subject. */
  prompt: someText,
  subject: someText,
  question: someText,
  target_new: z.object({ str: someAnswer }),
  target_true: z.object({ str: someAnswer }),
});

type Rewrite = z.infer<typeof rewriteSchema>;

const recordSchema = z.object({
  case_id: z.int(),
  requested_rewrite: z.array(rewriteSchema).min(1),
  questions: z.array(someText).min(1),
  answer: someAnswer,
  answer_alias: z.array(someAnswer),
  new_answer: someAnswer,
  new_answer_alias: z.array(someAnswer),
});

const editOf = (rewrite: Rewrite, id: string) =>
  editSchema.parse({
    id,
    prompt: rewrite.prompt.replace("{}", () => rewrite.subject),
    subject: rewrite.subject,
    target: rewrite.target_new.str,
    groundTruth: rewrite.target_true.str,
  });

/**
 * A record of MQuAKE (arXiv 2305.14795): a chain of facts, some of them rewritten, and questions that take the whole
 * chain. The first rewrite is the case's edit, its question the phrasing that only measures; the other rewrites are
 * made alongside it, since the questions follow from all of them together. Each question counts by itself, answered
 * with the new answer or an alias; the paper counts a record once if any of its questions is.
 */
export const readMquakeRecord: RecordReader = (record) => {
  const parsed = parseRecord(recordSchema, record);
  if (!parsed.ok) return parsed;
  const { case_id, requested_rewrite, questions, ...answers } = parsed.value;
  const [first, ...others] = requested_rewrite as [Rewrite, ...Rewrite[]];
  return ok({
    edit: editOf(first, `mquake-${case_id}`),
    alongside: others.map((rewrite, index) => editOf(rewrite, `mquake-${case_id}-hop-${index + 2}`)),
    oldAnswers: [first.target_true.str],
    phrasings: [{ prompt: first.question, seenInTraining: null }],
    locality: { neighbours: [], sameSubject: [], random: [] },
    portability: questions.map((prompt) => ({
      kind: "multi-hop" as const,
      prompt,
      answers: [answers.new_answer, ...answers.new_answer_alias],
      before: [answers.answer, ...answers.answer_alias],
    })),
  });
};
