import { describe, expect, it } from "vitest";
import { readTableFiles } from "../../../src/world/files/read-table-files.ts";
import { parseTable, parseTables } from "../../../src/world/tables/parse-tables.ts";

const problemOf = (text: string) => {
  const parsed = parseTable({ name: "rivers", text });
  return parsed.ok ? undefined : { code: parsed.problem.code, message: parsed.problem.message };
};

describe("parsing a table", () => {
  it("keeps cells by column, and the line each row stands on", () => {
    const parsed = parseTable({ name: "rivers", text: "river\tmouth\nthe Nile\tthe sea\nthe Inn\t\n" });
    if (!parsed.ok) throw new Error(parsed.problem.message);
    expect(parsed.value.columns).toEqual(["river", "mouth"]);
    expect(parsed.value.rows.map(({ line, cells }) => [line, ...cells.values()])).toEqual([
      [2, "the Nile", "the sea"],
      [3, "the Inn", ""],
    ]);
  });

  it("refuses a subject given twice, naming both lines", () => {
    expect(problemOf("river\tmouth\nthe Nile\ta\nthe Inn\tb\nthe Nile\tc\n")).toEqual({
      code: "malformed_table",
      message: 'rivers.tsv:4: the subject "the Nile" was given before, on line 2',
    });
  });

  it.each([
    ["a row that is too short", "river\tmouth\nthe Nile\n", "rivers.tsv:2: expected 2 cells, got 1"],
    ["a row that is too long", "river\tmouth\na\tb\tc\n", "rivers.tsv:2: expected 2 cells, got 3"],
    ["an empty subject", "river\tmouth\n\tb\n", "rivers.tsv:2: the subject is empty"],
    ["a header of one column", "river\nthe Nile\n", "rivers.tsv:1: expected at least two columns, got 1"],
    ["two columns of one name", "river\triver\na\tb\n", "rivers.tsv:1: two columns have the same name"],
  ])("refuses %s", (_, text, message) => {
    expect(problemOf(text)).toEqual({ code: "malformed_table", message });
  });

  it("refuses stray space and braces, which would change the sentences", () => {
    expect(problemOf("river\tmouth\na\tb \n")?.message).toContain("has space at an end");
    expect(problemOf("river\tmouth\na\tb  c\n")?.message).toContain("double space");
    expect(problemOf("river\tmouth\n{subject}\tb\n")?.message).toContain("a brace");
  });
});

describe("the project's tables", () => {
  it("are all well-formed", () => {
    const parsed = parseTables(readTableFiles());
    expect(parsed.ok ? undefined : parsed.problem.message).toBeUndefined();
  });
});
