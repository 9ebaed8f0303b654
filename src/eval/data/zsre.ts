import { z } from "zod";
import { editSchema } from "../../core/edit/edit.ts";
import { fail, ok } from "../../core/result.ts";
import { parseRecord, type RecordReader, someAnswer, someText } from "./records.ts";

const recordSchema = z.object({
  subject: someText,
  src: someText,
  rephrase: someText,
  /** The answer that the edit is to bring about. */
  alt: someAnswer,
  /** Right answers. */
  answers: z.array(someAnswer).min(1),
  /** A question of Natural Questions, which has nothing to do with the edit. */
  loc: someText,
  loc_ans: someAnswer,
});

/**
 * A record of zsRE in MEND's format (arXiv 2110.11309): the question `src` is to be answered by `alt`. `pred` and
 * `cond`, what another model said, are passed over. The question of Natural Questions keeps its lead-in and gets a
 * question mark, as ROME's evaluation has it (`eval_utils_zsre.py`). A record whose `alt` is the only right answer
 * has nothing to edit and is refused.
 */
export const readZsreRecord: RecordReader = (record) => {
  const parsed = parseRecord(recordSchema, record);
  if (!parsed.ok) return parsed;
  const { subject, src, rephrase, alt, answers, loc, loc_ans } = parsed.value;
  const oldAnswers = answers.filter((answer) => answer !== alt);
  if (oldAnswers.length === 0) return fail(`alt: "${alt}" is the right answer already, so nothing is edited`);
  return ok({
    edit: editSchema.parse({ prompt: src, subject, target: alt, groundTruth: oldAnswers[0] }),
    oldAnswers,
    phrasings: rephrase === src ? [] : [{ prompt: rephrase, seenInTraining: null }],
    locality: { neighbours: [], sameSubject: [], random: [{ prompt: `${loc}?`, answer: loc_ans }] },
    portability: [],
    alongside: [],
  });
};
