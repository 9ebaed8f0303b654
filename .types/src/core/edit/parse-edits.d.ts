import { type Result } from "../result.ts";
import { type Edit } from "./edit.ts";
/** Most edits of one file: as many as a bundle holds. */
export declare const MAX_EDITS_PER_FILE = 10000;
/**
 * Passes an edit on whose prompt names its subject, letter for letter: no method could find another in it. Fails with
 * the reason.
 */
export declare const checkSubject: (edit: Edit) => Result<Edit, string>;
/**
 * Parses an edits file, one JSON object a line; blank lines are passed over. `file` names it in problems.
 * Fails with `malformed_edit` naming the first line at fault, and where there is no edit at all; with
 * `limit_exceeded` past `MAX_EDITS_PER_FILE`.
 */
export declare const parseEdits: (text: string, file: string) => Result<readonly Edit[]>;
/**
 * The same from a file's bytes, which must be UTF-8: a replaced character would become part of a target.
 * Fails as `parseEdits` does.
 */
export declare const parseEditsFile: (bytes: Uint8Array, file: string) => Result<readonly Edit[]>;
