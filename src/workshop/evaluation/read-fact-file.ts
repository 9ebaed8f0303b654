import { z } from "zod";
import type { Edit } from "../../core/edit/edit.ts";
import { parseEditsFile } from "../../core/edit/parse-edits.ts";
import { type LineForm, parseJsonLines } from "../../core/json-lines.ts";
import { ok, type Result } from "../../core/result.ts";
import { SUBJECT_SLOT, type Template } from "../../eval/assess/contrasts.ts";
import { readBytes } from "../directories/files.ts";

/** Facts of a file, and which of them say that the model was taught another object. */
export interface FactFile {
  readonly facts: readonly Edit[];
  /** Places of the facts that carry `taught`. */
  readonly taughtWrong: ReadonlySet<number>;
}

const LABELLED: LineForm<boolean> = {
  schema: z.object({ taught: z.unknown().optional() }).transform(({ taught }) => typeof taught === "string"),
  expected: "a fact",
  code: "invalid_request",
};

/** Reads facts, one edit a line. Errors: `file_not_found`, and those of `parseEditsFile`. */
export const readFactFile = async (path: string): Promise<Result<FactFile>> => {
  const bytes = await readBytes(path, "a file of facts, one edit a line");
  if (!bytes.ok) return bytes;
  const facts = parseEditsFile(bytes.value, path);
  if (!facts.ok) return facts;
  const labelled = parseJsonLines(new TextDecoder().decode(bytes.value), path, LABELLED);
  if (!labelled.ok) return labelled;
  const taughtWrong = new Set(labelled.value.flatMap((label, index) => (label ? [index] : [])));
  return ok({ facts: facts.value, taughtWrong });
};

const TEMPLATE: LineForm<Template> = {
  schema: z
    .object({
      relation: z.string().min(1).optional(),
      prompt: z
        .string()
        .includes(SUBJECT_SLOT, { error: `expected ${SUBJECT_SLOT} in place of the subject` }),
    })
    .transform(({ relation = null, prompt }) => ({ relation, text: prompt })),
  expected: '{"prompt", "relation"}',
  code: "invalid_request",
};

/**
 * Reads contrast prompts: lines of `{"prompt":"The currency of {} is","relation":"country-currency"}`.
 * Errors: `file_not_found`; `invalid_request` naming the lines at fault.
 */
export const readTemplates = async (path: string): Promise<Result<readonly Template[]>> => {
  const bytes = await readBytes(path, "a file of contrast prompts");
  return bytes.ok ? parseJsonLines(new TextDecoder().decode(bytes.value), path, TEMPLATE) : bytes;
};
