import { readFile } from "node:fs/promises";
import { join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const REPOSITORY = fileURLToPath(new URL("../../../", import.meta.url).href);

/** Folders of the repository that tests inside workerd may read. */
const READABLE = ["models/", "test/fixtures/"];

/** Files made on demand, by path: fixtures that are generated rather than stored. */
export type GeneratedFiles = (path: string) => Promise<Uint8Array | undefined>;

const fromDisk = async (path: string): Promise<Uint8Array | undefined> => {
  if (!READABLE.some((folder) => path.startsWith(folder))) return undefined;
  return await readFile(join(REPOSITORY, path)).catch(() => undefined);
};

/**
 * The service behind the `FILES` binding: gives workerd, which has no file system, the repository's files and
 * generated fixtures by path. A model of several MB cannot be inlined into a test's JavaScript.
 */
export const serveFiles =
  (generated: GeneratedFiles) =>
  async (request: { readonly url: string }): Promise<Response> => {
    const path = normalize(decodeURIComponent(new URL(request.url).pathname)).slice(1);
    const bytes = (await generated(path)) ?? (await fromDisk(path));
    return bytes === undefined
      ? new Response(`no file ${path}`, { status: 404 })
      : new Response(bytes as Uint8Array<ArrayBuffer>);
  };
