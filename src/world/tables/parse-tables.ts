import { type Problem, problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";

/** The text of one table file. */
export interface TableFile {
  /** Without `.tsv`. */
  readonly name: string;
  readonly text: string;
}

/** One row of a table: its line in the file (from 1), and its cells by column; an empty cell holds no fact. */
export interface TableRow {
  readonly line: number;
  readonly cells: ReadonlyMap<string, string>;
}

/** A parsed table. The first column is the subject. */
export interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly TableRow[];
}

const malformed = (table: string, line: number, message: string): Result<never> =>
  fail(problem("malformed_table", `${table}.tsv:${line}: ${message}`, { param: `${table}.tsv` }));

/** What is wrong with the text of one cell; undefined where nothing is. */
const cellFault = (cell: string): string | undefined => {
  if (cell !== cell.trim()) return `the cell "${cell}" has space at an end; remove it`;
  if (/ {2}|[{}<>]/.test(cell)) return `the cell "${cell}" has a double space, a brace or an angle bracket`;
  return undefined;
};

const headerFault = (columns: readonly string[]): string | undefined => {
  if (columns.length < 2) return `expected at least two columns, got ${columns.length}`;
  if (new Set(columns).size < columns.length) return "two columns have the same name";
  return columns.every((column) => /^[a-z][a-z-]*$/.test(column))
    ? undefined
    : "column names are lower-case words joined by hyphens";
};

const rowFault = (cells: readonly string[], columns: readonly string[]): string | undefined => {
  if (cells.length !== columns.length) return `expected ${columns.length} cells, got ${cells.length}`;
  if (cells[0] === "") return "the subject is empty";
  return cells.map(cellFault).find((fault) => fault !== undefined);
};

/**
 * Parses one tab-separated table: a header of column names, then one subject a row. Fails with
 * `malformed_table`, naming file and line, on a wrong number of cells, stray space, or a subject given twice.
 */
export const parseTable = ({ name, text }: TableFile): Result<Table> => {
  const lines = text.replace(/\n$/, "").split("\n");
  const columns = lines[0]!.split("\t");
  const fault = headerFault(columns);
  if (fault !== undefined) return malformed(name, 1, fault);
  const seen = new Map<string, number>();
  const rows: TableRow[] = [];
  for (const [index, content] of lines.entries()) {
    if (index === 0) continue;
    const line = index + 1;
    const cells = content.split("\t");
    const wrong = rowFault(cells, columns);
    if (wrong !== undefined) return malformed(name, line, wrong);
    const before = seen.get(cells[0]!);
    if (before !== undefined)
      return malformed(name, line, `the subject "${cells[0]}" was given before, on line ${before}`);
    seen.set(cells[0]!, line);
    rows.push({ line, cells: new Map(columns.map((column, i) => [column, cells[i]!])) });
  }
  return ok({ name, columns, rows });
};

/** Parses every file; the first problem ends it. */
export const parseTables = (files: readonly TableFile[]): Result<ReadonlyMap<string, Table>, Problem> => {
  const tables = new Map<string, Table>();
  for (const file of files) {
    const parsed = parseTable(file);
    if (!parsed.ok) return parsed;
    tables.set(file.name, parsed.value);
  }
  return ok(tables);
};
