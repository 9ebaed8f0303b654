import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { pathKind } from "../directories/files.ts";

/** A file to write, by its whole path. */
export interface ExportedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * Checks that none of the files is there yet; with `force`, that no directory stands in the place of one. Errors:
 * `invalid_request`.
 */
export const checkExportTarget = async (
  files: readonly Pick<ExportedFile, "path">[],
  force: boolean,
): Promise<Result<null>> => {
  for (const { path } of files) {
    const kind = await pathKind(path);
    if (kind === null || (kind === "file" && force)) continue;
    const message =
      kind === "directory"
        ? `${path} is a directory; a file is to be written there. Give --out another place.`
        : `${path} is there already. Give --force to replace it, or --out another place.`;
    return fail(problem("invalid_request", message, { param: "--out" }));
  }
  return ok(null);
};

/** Writes files in the order given, each whole or not at all. */
export const writeExport = async (files: readonly ExportedFile[]): Promise<void> => {
  for (const { path, bytes } of files) {
    await mkdir(dirname(path), { recursive: true });
    await writeFileAtomic(path, bytes);
  }
};
