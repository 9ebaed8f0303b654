import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { TableFile } from "./load-tables.ts";

/** The tables that come with the project. */
const TABLES = join(import.meta.dirname, "tables");

/** Reads the tables of `directory`, the project's own by default, in the order of their names. */
export const readTableFiles = (directory = TABLES): TableFile[] =>
  readdirSync(directory)
    .filter((file) => file.endsWith(".tsv"))
    .sort()
    .map((file) => ({
      name: file.slice(0, -".tsv".length),
      text: readFileSync(join(directory, file), "utf8"),
    }));
