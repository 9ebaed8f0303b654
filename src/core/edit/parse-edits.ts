import { type LineForm, parseJsonLines } from "../json-lines.ts";
import { problem } from "../problem.ts";
import { fail, ok, type Result } from "../result.ts";
import { BUNDLE_MAX_EDITS, type Edit, editSchema } from "./edit.ts";

/** Most edits of one file: as many as a bundle holds. */
export const MAX_EDITS_PER_FILE = BUNDLE_MAX_EDITS;

/**
 * Passes an edit on whose prompt names its subject, letter for letter: no method could find another in it. Fails with
 * the reason.
 */
export const checkSubject = (edit: Edit): Result<Edit, string> => {
  const { subject, prompt } = edit;
  if (subject === undefined || prompt.includes(subject)) return ok(edit);
  return fail(
    `the subject "${subject}" does not occur in the prompt "${prompt}"; write it as the prompt does`,
  );
};

/** An edit as a line of a file has it. */
const LINE: LineForm<Edit> = {
  schema: editSchema.superRefine((edit, context) => {
    const named = checkSubject(edit);
    if (!named.ok) context.addIssue({ code: "custom", message: named.problem });
  }),
  expected: '{"prompt", "target", ...}',
  code: "malformed_edit",
};

/**
 * Parses an edits file, one JSON object a line; blank lines are passed over. `file` names it in problems.
 * Fails with `malformed_edit` naming the lines at fault, and where there is no edit at all; with
 * `limit_exceeded` past `MAX_EDITS_PER_FILE`.
 */
export const parseEdits = (text: string, file: string): Result<readonly Edit[]> => {
  const parsed = parseJsonLines(text, file, LINE);
  if (!parsed.ok) return parsed;
  const edits = parsed.value;
  if (edits.length === 0) return fail(problem("malformed_edit", `${file} holds no edit.`, { param: file }));
  if (edits.length <= MAX_EDITS_PER_FILE) return ok(edits);
  const message = `${file} holds ${edits.length} edits; at most ${MAX_EDITS_PER_FILE} fit a bundle. Split the file.`;
  return fail(problem("limit_exceeded", message, { param: file }));
};

/**
 * The same from a file's bytes, which must be UTF-8: a replaced character would become part of a target.
 * Fails as `parseEdits` does.
 */
export const parseEditsFile = (bytes: Uint8Array, file: string): Result<readonly Edit[]> => {
  try {
    return parseEdits(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes), file);
  } catch {
    return fail(problem("malformed_edit", `${file} is not UTF-8 text; save it as UTF-8.`, { param: file }));
  }
};
