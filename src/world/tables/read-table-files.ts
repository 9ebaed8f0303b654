import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { TableFile } from "./parse-tables.ts";

/** Reads the tables of `directory`, the project's own beside this file by default, in the order of their names. */
export const readTableFiles = (directory = import.meta.dirname): TableFile[] =>
  readdirSync(directory)
    .filter((file) => file.endsWith(".tsv"))
    .sort()
    .map((file) => ({
      name: file.slice(0, -".tsv".length),
      text: readFileSync(join(directory, file), "utf8"),
    }));
