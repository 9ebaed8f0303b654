import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Edit, editSchema } from "../../../src/core/edit/edit.ts";
import {
  checkEditConflicts,
  findContradicted,
  findEditConflicts,
} from "../../../src/core/edit/edit-conflicts.ts";

const edit = (fields: Partial<Edit> & { readonly target: string }): Edit =>
  editSchema.parse({ prompt: "The capital of Australia is", ...fields });

const pairs = (...edits: Edit[]) => findEditConflicts(edits).map(({ first, second }) => [first, second]);

describe("findEditConflicts", () => {
  it.each([
    ["one prompt, no subject", {}, {}],
    ["one prompt, one of them with a subject", { subject: "Australia" }, {}],
    [
      "one prompt, relations of two names",
      { subject: "Australia", relation: "a" },
      { subject: "Australia", relation: "b" },
    ],
    [
      "a prompt that is the other's paraphrase",
      { prompt: "Australia's capital is" },
      { paraphrases: ["Australia's capital is"] },
    ],
    [
      "one relation in other words",
      { subject: "Australia", relation: "country-capital" },
      { subject: " australia ", relation: "Country-Capital", prompt: "Australia is governed from" },
    ],
    [
      "one form, the subject in another case",
      { subject: "Australia" },
      { subject: "AUSTRALIA", prompt: "The capital of AUSTRALIA is" },
    ],
    [
      "a form shared by paraphrases",
      { subject: "Australia", prompt: "a", paraphrases: ["Where is Australia governed?"] },
      { subject: "australia", prompt: "b", paraphrases: ["Where is australia governed?"] },
    ],
  ])("finds two targets for %s", (_, first, second) => {
    expect(pairs(edit({ ...first, target: "Canberra" }), edit({ ...second, target: "Sydney" }))).toEqual([
      [0, 1],
    ]);
    expect(pairs(edit({ ...first, target: "Canberra" }), edit({ ...second, target: " Canberra" }))).toEqual(
      [],
    );
  });

  it.each([
    [
      "two subjects",
      { subject: "Austria", relation: "country-capital", prompt: "The capital of Austria is" },
    ],
    [
      "two relations",
      { subject: "Australia", relation: "country-currency", prompt: "The currency of Australia is" },
    ],
    ["two prompts without a subject", { prompt: "Australia is governed from" }],
    ["a relation without a subject", { relation: "country-capital", prompt: "Australia is governed from" }],
    ["the prompt in another case, without a subject", { prompt: "the capital of australia is" }],
  ])("leaves %s alone", (_, other) => {
    const first = edit({ subject: "Australia", relation: "country-capital", target: "Canberra" });
    expect(pairs(first, edit({ ...other, target: "Sydney" }))).toEqual([]);
  });

  it("lists every edit that contradicts an earlier one, once", () => {
    const targets = ["Canberra", "Sydney", "Canberra", "Perth"];
    expect(pairs(...targets.map((target) => edit({ target })))).toEqual([
      [0, 1],
      [0, 3],
    ]);
  });

  const anyEdit = fc
    .record({
      prompt: fc.constantFrom("p of A", "q of A", "p of B", "P OF a", "r"),
      subject: fc.option(fc.constantFrom("A", "a", "B"), { nil: undefined }),
      relation: fc.option(fc.constantFrom("p", "q"), { nil: undefined }),
      target: fc.constantFrom("x", "y", " x"),
      paraphrases: fc.array(fc.constantFrom("p of A", "q of b", "s"), { maxLength: 2 }),
    })
    .map((fields) => editSchema.parse(JSON.parse(JSON.stringify(fields))));

  it("finds a conflict among many exactly where one stands between some two of them", () => {
    fc.assert(
      fc.property(fc.array(anyEdit, { maxLength: 12 }), (edits) => {
        const between = edits.some((a, i) =>
          edits.some((b, j) => i < j && findEditConflicts([a, b]).length > 0),
        );
        expect(findEditConflicts(edits).length > 0).toBe(between);
      }),
    );
  });

  it("does not depend on the order of the edits", () => {
    fc.assert(
      fc.property(anyEdit, anyEdit, (a, b) => {
        expect(pairs(a, b)).toEqual(pairs(b, a));
      }),
    );
  });

  it("leaves no conflict between new edits and what they do not contradict", () => {
    fc.assert(
      fc.property(fc.array(anyEdit, { maxLength: 6 }), anyEdit, (older, newer) => {
        const contradicted = findContradicted(older, [newer]);
        older.forEach((edit, index) => {
          expect(findEditConflicts([edit, newer]).length > 0).toBe(contradicted.has(index));
        });
      }),
    );
  });

  it("looks at each of 10,000 edits once, even where all share a prompt", () => {
    let reads = 0;
    const counting = (target: string, index: number): Edit =>
      new Proxy(edit({ subject: `s${index % 100}`, relation: "r", target }), {
        get: (object, name) => {
          reads += 1;
          return Reflect.get(object, name) as unknown;
        },
      });
    const countReads = (count: number) => {
      reads = 0;
      findEditConflicts(Array.from({ length: count }, (_, index) => counting("Canberra", index)));
      return reads;
    };
    expect(countReads(10_000)).toBeLessThanOrEqual(11 * countReads(1_000));
  });
});

describe("checkEditConflicts", () => {
  it("names both edits, both targets and what they are about, and counts the rest", () => {
    const edits = ["Canberra", "Sydney", "Perth", "Hobart", "Darwin"].map((target, index) =>
      edit({ id: `e${index}`, subject: "Australia", relation: "capital", target }),
    );
    const checked = checkEditConflicts(edits);
    expect(checked).toMatchObject({
      ok: false,
      problem: { code: "edit_conflict", param: "edits", detail: { conflicts: { length: 4 } } },
    });
    expect(!checked.ok && checked.problem.message).toBe(
      'Edits contradict each other: "e0" gives "Canberra" and "e1" gives "Sydney" (Australia, capital); ' +
        '"e0" gives "Canberra" and "e2" gives "Perth" (Australia, capital); ' +
        '"e0" gives "Canberra" and "e3" gives "Hobart" (Australia, capital); and 1 more. Keep one of each pair.',
    );
  });
});
