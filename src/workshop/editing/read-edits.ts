import { resolve } from "node:path";
import { counted } from "../../core/counted.ts";
import type { Edit } from "../../core/edit/edit.ts";
import { parseEditsFile } from "../../core/edit/parse-edits.ts";
import { ANNOTATION_KEYS, EDIT_KEYS, findUnreadKeys } from "../../core/edit/unread-keys.ts";
import type { Result } from "../../core/result.ts";
import { readBytes } from "../directories/files.ts";
import type { WorkshopContext } from "../workshop-context.ts";

/** Says which keys of the file mean nothing: a misspelt one would be missed in silence. */
const warnOfUnreadKeys = (
  text: string,
  path: string,
  { progress }: Pick<WorkshopContext, "progress">,
): void => {
  for (const { key, line, lines } of findUnreadKeys(text))
    progress.note(
      `warning: ${path}, line ${line}: nothing reads "${key}" (${counted(lines, "line")}). Keys are ` +
        `${EDIT_KEYS.join(", ")}; ${ANNOTATION_KEYS.join(", ")} are yours to use.`,
    );
};

/**
 * Reads edits, one JSON object a line, and notes the keys that nothing reads.
 *
 * Errors: `file_not_found`; those of `parseEditsFile`.
 */
export const readEdits = async (
  file: string,
  context: Pick<WorkshopContext, "workingDirectory" | "progress">,
): Promise<Result<readonly Edit[]>> => {
  const path = resolve(context.workingDirectory, file);
  const bytes = await readBytes(path, "a file of edits, one JSON object a line");
  if (!bytes.ok) return bytes;
  const edits = parseEditsFile(bytes.value, path);
  if (!edits.ok) return edits;
  warnOfUnreadKeys(new TextDecoder().decode(bytes.value), path, context);
  return edits;
};
