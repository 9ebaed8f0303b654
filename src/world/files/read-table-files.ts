import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { TableFile } from "../tables/parse-tables.ts";

/** The tables of the project's own world. */
const WORLD_TABLES = join(import.meta.dirname, "../tables");

/** Reads the tables of `directory`, the project's own by default, in the order of their names. */
export const readTableFiles = (directory = WORLD_TABLES): TableFile[] =>
  readdirSync(directory)
    .filter((file) => file.endsWith(".tsv"))
    .sort()
    .map((file) => ({
      name: file.slice(0, -".tsv".length),
      text: readFileSync(join(directory, file), "utf8"),
    }));
