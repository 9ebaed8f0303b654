import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
/** What a page pays for the client, most of it for reading answers with zod. */
const GZIP_BYTES = 45_000;

let inputs: readonly string[];
let code: string;

beforeAll(async () => {
  const { metafile, outputFiles } = await build({
    absWorkingDir: ROOT,
    stdin: { contents: 'export { createClient } from "errata/client";', resolveDir: ROOT },
    bundle: true,
    // Fails on any import that only Node has.
    platform: "browser",
    format: "esm",
    minify: true,
    metafile: true,
    write: false,
  });
  inputs = Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs));
  code = outputFiles[0]!.text;
});

describe("the client in a bundle for a browser", () => {
  it("is made of core, wire and itself, and of two packages", () => {
    const roots = inputs.map((name) => name.split("/", 2).join("/"));
    expect([...new Set(roots)].sort()).toEqual([
      "<stdin>",
      "node_modules/eventsource-parser",
      "node_modules/zod",
      "src/client",
      "src/core",
      "src/wire",
    ]);
  });

  it("stays small", () => {
    expect(gzipSync(code).byteLength).toBeLessThan(GZIP_BYTES);
  });

  it("still works", async () => {
    const { createClient } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
    const fetch = async () => Response.json({ data: [] });
    expect(await createClient({ url: "https://errata.example.com", fetch }).tokens.list()).toEqual({
      ok: true,
      value: [],
    });
  });
});
