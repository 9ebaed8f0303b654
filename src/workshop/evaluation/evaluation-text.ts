import { resolve } from "node:path";
import type { Digest } from "../../core/digest.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { FIXED_TEXT, type Passage, passagesOf } from "../../eval/measuring/passages.ts";
import { readCorpusFile } from "../statistics/open-corpus.ts";
import type { WorkshopContext } from "../workshop-context.ts";

/** The text that a model's writing is measured on. */
export interface EvaluationText {
  readonly passages: readonly Passage[];
  /** Of the file; null for the fixed text. */
  readonly digest: Digest | null;
}

/**
 * The passages of a text file, in the forms of a corpus; the fixed text without one.
 *
 * Errors: those of `readCorpusFile`; `invalid_request` where no text has two words.
 */
export const openEvaluationText = async (
  file: string | undefined,
  { workingDirectory }: Pick<WorkshopContext, "workingDirectory">,
): Promise<Result<EvaluationText>> => {
  if (file === undefined) return ok({ passages: FIXED_TEXT, digest: null });
  const corpus = await readCorpusFile(resolve(workingDirectory, file));
  if (!corpus.ok) return corpus;
  const { texts, digest } = corpus.value;
  const passages = passagesOf(texts.map(({ prompt, answer }) => prompt + answer));
  if (passages.length > 0) return ok({ passages, digest });
  const message = `${file} has no text of two words or more; give a text a line, or JSON lines with {"text"}.`;
  return fail(problem("invalid_request", message, { param: "--text" }));
};
