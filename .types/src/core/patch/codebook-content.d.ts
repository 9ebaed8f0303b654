import type { Problem } from "../problem.ts";
import type { CodebookPatch } from "./patch.ts";
/**
 * Checks what shapes cannot say of a codebook: radii are not negative (a negative one is the dummy row's, an entry
 * that could never hit), every key names a chain there is, targets are token ids of the vocabulary, then only -1.
 * Returns the first fault as `malformed_tensors`, or `limit_exceeded` past `CODEBOOK_MAX_TARGET_TOKENS`, or null.
 */
export declare const codebookFault: (id: string, tensors: CodebookPatch["tensors"], vocabulary: number) => Problem | null;
