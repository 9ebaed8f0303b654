import { describe, expect, it } from "vitest";
import { nearMissesOf, nearMissPrompts } from "../../../src/edit/probes/near-misses.ts";
import { subjectOf } from "../../../src/edit/prompts/subject-of.ts";
import { editOf } from "../support/tiny-context.ts";

describe("nearMissesOf", () => {
  it("changes a number, a person or a letter, one word at a time", () => {
    expect(nearMissesOf("our FlexoMatic 9000", true)).toEqual([
      "your FlexoMatic 9000",
      "our FlexoMatec 9000",
      "our FlexoMatic 8000",
      "our FlexoMatic 9001",
    ]);
  });

  it("leaves the spelling alone where asked to", () => {
    expect(nearMissesOf("Maria Lopez, born 1999", false)).toEqual([
      "Maria Lopez, born 2999",
      "Maria Lopez, born 2000",
    ]);
  });
});

describe("nearMissesOf on unusual words", () => {
  it("takes a word that every object has as any other word", () => {
    expect(nearMissesOf("the constructor", true)).toEqual(["the constructar"]);
    expect(nearMissesOf("the constructor", false)).toEqual([]);
  });

  it("changes one letter where others lie outside of the basic plane", () => {
    expect(nearMissesOf("𐐀𐐀𐐀a", true)).toEqual(["𐐀𐐀𐐀o"]);
  });
});

describe("nearMissPrompts", () => {
  it("puts near misses of the subject into every prompt that names it, at every place", () => {
    const edit = editOf({
      prompt: "Room 12 is",
      subject: "12",
      target: "open",
      paraphrases: ["Is 12 open? 12 is", "The room is"],
    });
    expect(nearMissPrompts(edit, true)).toEqual([
      "Room 22 is",
      "Is 22 open? 22 is",
      "Room 13 is",
      "Is 13 open? 13 is",
    ]);
  });

  it("takes any word for the subject where it cannot be told", () => {
    const edit = editOf({ prompt: "The motto of our firm is", target: "on time" });
    expect(subjectOf(edit)).toBeUndefined();
    expect(nearMissPrompts(edit, true)).toEqual(["The motto of your firm is"]);
  });
});

describe("subjectOf", () => {
  it("is what the prompt and its paraphrases have in common where the edit names none", () => {
    const paraphrases = ["Who wrote Moby Dick?"];
    expect(subjectOf(editOf({ prompt: "The author of Moby Dick is", target: "Melville", paraphrases }))).toBe(
      "Moby Dick",
    );
  });
});
