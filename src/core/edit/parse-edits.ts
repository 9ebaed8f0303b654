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

const parseLine = (line: string): Result<Edit, string> => {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (error) {
    return fail(`not JSON (${(error as Error).message})`);
  }
  const parsed = editSchema.safeParse(json);
  if (parsed.success) return checkSubject(parsed.data);
  const issue = parsed.error.issues[0]!;
  return fail(`${issue.path.join(".") || "the edit"}: ${issue.message}`);
};

/**
 * Parses an edits file, one JSON object a line; blank lines are passed over. `file` names it in problems.
 * Fails with `malformed_edit` naming the first line at fault, and where there is no edit at all; with
 * `limit_exceeded` past `MAX_EDITS_PER_FILE`.
 */
export const parseEdits = (text: string, file: string): Result<readonly Edit[]> => {
  const edits: Edit[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const parsed = parseLine(line);
    if (!parsed.ok) {
      const message = `${file}, line ${index + 1}: ${parsed.problem}. Expected {"prompt", "target", ...} on each line.`;
      return fail(problem("malformed_edit", message, { param: `${file}:${index + 1}` }));
    }
    edits.push(parsed.value);
  }
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
