import { describe, expect, it } from "vitest";
import { factsFrom, promptOf } from "../../../src/world/facts/facts.ts";
import { readTableFiles } from "../../../src/world/files/read-table-files.ts";
import type { Relation } from "../../../src/world/relations/relation.ts";
import { RELATIONS } from "../../../src/world/relations/relations.ts";
import { parseTables } from "../../../src/world/tables/parse-tables.ts";

const tablesOf = (...files: [name: string, text: string][]) => {
  const parsed = parseTables(files.map(([name, text]) => ({ name, text })));
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.value;
};

const relation = (name: string, table: string, ...phrasings: string[]): Relation => ({
  name,
  table,
  subject: "thing",
  object: "value",
  phrasings,
});

const messageOf = (result: ReturnType<typeof factsFrom>) => (result.ok ? undefined : result.problem.message);

describe("facts from tables", () => {
  it("refuses two tables that answer one prompt differently, naming both places", () => {
    const tables = tablesOf(["a", "thing\tvalue\nMercury\tHg\n"], ["b", "thing\tvalue\nMercury\tSun\n"]);
    const relations = [relation("x", "a", "About {subject}:"), relation("y", "b", "About {subject}:")];
    expect(messageOf(factsFrom(tables, relations))).toBe(
      'b.tsv:2: "About Mercury:" continues with "Sun" here and with "Hg" at a.tsv:2',
    );
  });

  it("refuses a relation that holds over 15 % of the facts", () => {
    const tables = tablesOf(["a", "thing\tvalue\nx\t1\n"]);
    expect(messageOf(factsFrom(tables, [relation("x", "a", "{subject} is")]))).toBe(
      'a.tsv: the relation "x" holds 1 of 1 facts, over 15 %',
    );
  });

  it("refuses a relation whose column or table is not there, and a phrasing without its subject", () => {
    const tables = tablesOf(["a", "thing\tother\nx\t1\n"], ["b", "thing\tvalue\nx\t1\n"]);
    expect(messageOf(factsFrom(tables, [relation("x", "a", "{subject} is")]))).toContain(
      'needs a column "value"',
    );
    expect(messageOf(factsFrom(tables, [relation("x", "c", "{subject} is")]))).toContain("not there");
    expect(messageOf(factsFrom(tables, [relation("x", "b", "It is")]))).toContain("must hold {subject} once");
  });

  it("refuses a phrasing that another one of its relation begins with", () => {
    const tables = tablesOf(["a", "thing\tvalue\nx\t1\n"]);
    const phrasings = ["The value of {subject} is called", "The value of {subject} is"];
    expect(messageOf(factsFrom(tables, [relation("x", "a", ...phrasings)]))).toBe(
      'a.tsv: no phrasing may begin with another: "The value of {subject} is called" begins with "The value of {subject} is"',
    );
  });

  it("begins a sentence with a capital letter", () => {
    const fact = {
      relation: relation("x", "a", "{subject} flows", "See {subject}:"),
      subject: "the Nile",
      object: "",
    };
    expect([promptOf(fact, 0), promptOf(fact, 1)]).toEqual(["The Nile flows", "See the Nile:"]);
  });
});

describe("the default model's facts", () => {
  const tables = parseTables(readTableFiles());
  if (!tables.ok) throw new Error(tables.problem.message);
  const facts = factsFrom(tables.value, RELATIONS);

  it("are consistent, and no relation holds over 15 % of them", () => {
    expect(messageOf(facts)).toBeUndefined();
  });

  it("are over 4,000 in over 24 relations", () => {
    if (!facts.ok) throw new Error(facts.problem.message);
    expect(facts.value.length).toBeGreaterThanOrEqual(4000);
    expect(new Set(facts.value.map((fact) => fact.relation.name)).size).toBe(RELATIONS.length);
    expect(RELATIONS.length).toBeGreaterThanOrEqual(24);
  });

  it("have at least nine phrasings each, all different", () => {
    for (const { phrasings } of RELATIONS) {
      expect(phrasings.length).toBeGreaterThanOrEqual(9);
      expect(new Set(phrasings).size).toBe(phrasings.length);
    }
  });
});
