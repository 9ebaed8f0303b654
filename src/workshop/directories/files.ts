import { readdir, readFile, stat } from "node:fs/promises";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";

const isMissing = (cause: unknown): boolean => {
  const code = (cause as NodeJS.ErrnoException).code;
  return code === "ENOENT" || code === "ENOTDIR";
};

/** A file's bytes; `what` names its role in the error. Errors: `file_not_found`, unreadable files included. */
export const readBytes = async (path: string, what: string): Promise<Result<Uint8Array<ArrayBuffer>>> => {
  try {
    return ok(new Uint8Array(await readFile(path)));
  } catch (cause) {
    const reason = isMissing(cause) ? "does not exist" : `cannot be read (${(cause as Error).message})`;
    return fail(problem("file_not_found", `Expected ${what} at ${path}, which ${reason}.`, { param: path }));
  }
};

/** A file's bytes, or null where there is no such file. Throws where it is there and cannot be read. */
export const readBytesIfPresent = async (path: string): Promise<Uint8Array<ArrayBuffer> | null> => {
  try {
    return new Uint8Array(await readFile(path));
  } catch (cause) {
    if (isMissing(cause)) return null;
    throw cause;
  }
};

/** What `path` is; null where nothing is there. */
export const pathKind = async (path: string): Promise<"directory" | "file" | null> => {
  try {
    return (await stat(path)).isDirectory() ? "directory" : "file";
  } catch (cause) {
    if (isMissing(cause)) return null;
    throw cause;
  }
};

/** Whether `path` is a directory. */
export const isDirectory = async (path: string): Promise<boolean> => (await pathKind(path)) === "directory";

/** The names in a directory; none where there is no such directory. */
export const listDirectory = async (path: string): Promise<readonly string[]> => {
  try {
    return await readdir(path);
  } catch (cause) {
    if (isMissing(cause)) return [];
    throw cause;
  }
};

/** JSON out of a file's bytes. Errors: `code` where it is none. */
export const parseJson = (
  bytes: Uint8Array,
  code: "malformed_model" | "malformed_manifest" | "malformed_checkpoint" | "invalid_request",
  path: string,
): Result<unknown> => {
  try {
    return ok(JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes)));
  } catch (cause) {
    return fail(problem(code, `Expected JSON in ${path}: ${(cause as Error).message}.`, { param: path }));
  }
};
