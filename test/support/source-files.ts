import { readdirSync, readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";

/** The folder of all source files. */
export const SOURCE = resolve(import.meta.dirname, "../../src");

/** Every source file, as a path below `src`. */
export const SOURCE_FILES: readonly string[] = readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
  .map((name) => name.replaceAll("\\", "/"))
  .filter((name) => name.endsWith(".ts"))
  .sort();

/** A file's text. */
export const textOf = (file: string): string => readFileSync(resolve(SOURCE, file), "utf8");

/** `text` without comments: an example in a docblock is a caller's, who may do what its file may not. */
export const withoutComments = (text: string): string =>
  text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/(^|\s)\/\/.*$/gm, "$1");

/** Imports and exports of any sort, and those that put something into the running program: types alone are erased. */
const ANY = /(?:\bfrom|\bimport)\s*\(?\s*"([^"\s]+)"/g;
const OF_VALUES = /(?:^|\n)(?:import|export)(?! type)[^;]*?from\s+"([^"\s]+)"/g;

/** What `file` imports: packages by name, files as paths below `src`. */
export const importsOf = (file: string, { types } = { types: true }): readonly string[] =>
  [...withoutComments(textOf(file)).matchAll(types ? ANY : OF_VALUES)].map(([, source]) =>
    source!.startsWith(".")
      ? relative(SOURCE, resolve(SOURCE, dirname(file), source!)).replaceAll("\\", "/")
      : source!,
  );

/** One file's import of another. */
export interface Import {
  readonly file: string;
  readonly target: string;
}

/** Every import of a source file by a source file, of types too. */
export const IMPORTS: readonly Import[] = SOURCE_FILES.flatMap((file) =>
  importsOf(file)
    .filter((target) => SOURCE_FILES.includes(target))
    .map((target) => ({ file, target })),
);

/** The imports as lines to compare. */
export const asLines = (imports: readonly Import[]): readonly string[] =>
  imports.map(({ file, target }) => `${file} -> ${target}`);
