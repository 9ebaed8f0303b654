import { readdirSync, readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const CORE = resolve(import.meta.dirname, "../../src/core");
/** Whatever reads the world: the core is given bytes, times and random numbers, it never fetches them. */
const IMPURE =
  /\bfetch\(|\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bgetRandomValues\b|\bconsole\.|\bprocess\./;

const files = readdirSync(CORE, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => resolve(CORE, name));

/** A file's code: an example in a docblock is a caller's, who reads the world. */
const codeOf = (file: string): string => readFileSync(file, "utf8").replaceAll(/\/\*\*[\s\S]*?\*\//g, "");

const importsOf = (text: string): string[] =>
  [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, source]) => source!);

describe("src/core", () => {
  it("has files to look at", () => {
    expect(files.length).toBeGreaterThan(20);
  });

  it.each(files.map((file) => [relative(CORE, file), file]))(
    "%s imports only the core and zod",
    (_, file) => {
      const outside = importsOf(codeOf(file)).filter(
        (source) =>
          source !== "zod" &&
          !(source.startsWith(".") && resolve(dirname(file), source).startsWith(`${CORE}/`)),
      );
      expect(outside).toEqual([]);
    },
  );

  it.each(files.map((file) => [relative(CORE, file), file]))(
    "%s reads no clock, network or chance",
    (_, file) => {
      expect(codeOf(file)).not.toMatch(IMPURE);
    },
  );
});
