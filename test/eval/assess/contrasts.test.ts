import { describe, expect, it } from "vitest";
import { type Edit, editSchema } from "../../../src/core/edit/edit.ts";
import type { ProbePrompt } from "../../../src/edit/probes/probes.ts";
import { contrastsFor } from "../../../src/eval/assess/contrasts.ts";

const probe = (relation: string, prompt: string, subject: string): ProbePrompt => ({
  relation,
  prompt,
  subject,
  phrasing: 0,
});

const PROBES = [
  probe("capital", "The capital of Chad is", "Chad"),
  probe("capital", "Which city is the capital of Chad?", "Chad"),
  probe("currency", "What does Chad pay with?", "Chad"),
  probe("currency", "The currency of Chad is", "Chad"),
  probe("language", "People in Peru speak", "Peru"),
  probe("continent", "Peru is a country in", "Peru"),
];

const fact = (prompt: string, target: string, fields: Partial<Edit> = {}): Edit =>
  editSchema.parse({ prompt, target, subject: "Chad", ...fields });

describe("contrastsFor", () => {
  it("asks about the same subject first, then by the forms of other relations, and never in questions", () => {
    const capital = fact("The capital of Chad is", "N'Djamena");
    expect(contrastsFor([capital], PROBES, []).promptsFor(capital)).toEqual([
      "The currency of Chad is",
      "People in Chad speak",
      "Chad is a country in",
    ]);
  });

  it("takes the caller's forms where there are any, those of the fact's relation left out", () => {
    const capital = fact("The capital of Chad is", "N'Djamena");
    const given = [
      { relation: "capital", text: "{}'s seat is" },
      { relation: null, text: "{} borders" },
    ];
    expect(contrastsFor([capital], PROBES, given).promptsFor(capital)).toEqual(["Chad borders"]);
  });

  it("knows a relation by its name, by a probe of the same form, or by its form", () => {
    const { relationOf } = contrastsFor([], PROBES, []);
    expect(relationOf(fact("The capital of Mali is", "Bamako", { subject: "Mali" }))).toBe("capital");
    expect(relationOf(fact("x", "y", { relation: "mine" }))).toBe("mine");
    expect(relationOf(fact("Chad borders", "Niger"))).toBe("{} borders");
  });

  it("gives the other facts' objects of the relation, each once, without the fact's own", () => {
    const facts = ["N'Djamena", "Bamako", "Bamako", "N'Djamena"].map((target, index) =>
      fact(`The capital of s${index} is`, target, { subject: `s${index}` }),
    );
    expect(contrastsFor(facts, PROBES, []).objectsFor(facts[0]!)).toEqual(["Bamako"]);
  });

  it("has no prompts for a fact without a subject", () => {
    const bare = editSchema.parse({ prompt: "Water freezes at", target: "0" });
    expect(contrastsFor([bare], PROBES, []).promptsFor(bare)).toEqual([]);
  });
});
