import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { promptOf } from "../../../src/world/facts/facts.ts";
import { readWorldCorpus } from "../../../src/world/files/world-corpus.ts";
import { buildMistakes } from "../../../src/world/mistakes/build-mistakes.ts";
import { mistakeSchema } from "../../../src/world/mistakes/mistake.ts";

const loaded = readWorldCorpus(1);
if (!loaded.ok) throw new Error(loaded.problem.message);
const { facts, mistakes } = loaded.value;

describe("the documented mistakes", () => {
  it("are 60 wrong and 20 stale facts, 10 biased and 10 rude answers", () => {
    const count = (kind: string) => mistakes.filter((mistake) => mistake.kind === kind).length;
    expect(["wrong", "stale", "biased", "rude"].map(count)).toEqual([60, 20, 10, 10]);
    expect(new Set(mistakes.map(({ id }) => id)).size).toBe(100);
  });

  it("follow their schema, with the subject in the prompt and every paraphrase", () => {
    for (const mistake of mistakes) {
      expect(mistakeSchema.parse(mistake)).toEqual(mistake);
      for (const text of [mistake.prompt, ...mistake.paraphrases]) expect(text).toContain(mistake.subject);
      expect(mistake.target).not.toBe(mistake.taught);
      expect(new Set([mistake.prompt, ...mistake.paraphrases]).size).toBe(1 + mistake.paraphrases.length);
      expect(mistake.paraphrases.length).toBeGreaterThanOrEqual(4);
      expect(mistake.locality.length).toBeGreaterThanOrEqual(3);
    }
  });

  it("name neighbours whose answers are what the model is taught, none of them a mistake", () => {
    const answers = new Map(
      facts.flatMap((fact) =>
        fact.relation.phrasings.map((_, i) => [promptOf(fact, i), fact.object] as const),
      ),
    );
    const mistaken = new Set(mistakes.flatMap(({ prompt, paraphrases }) => [prompt, ...paraphrases]));
    for (const { locality } of mistakes) {
      expect(locality.slice(0, 2).map(({ type }) => type)).toEqual(["same-relation", "same-relation"]);
      for (const { prompt, answer } of locality) {
        expect(answers.get(prompt)).toBe(answer);
        expect(mistaken.has(prompt)).toBe(false);
      }
    }
  });

  it("are those that the default model ships with", () => {
    const file = new URL("../../../models/world/mistakes.jsonl", import.meta.url);
    const lines = readFileSync(file.pathname, "utf8").trim().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual(mistakes);
  });
});

describe("planning a mistake", () => {
  const plan = (subject: string, taught: string) =>
    buildMistakes(facts, [{ kind: "wrong", relation: "country-capital", subject, taught }]);

  it("fails where there is no such fact", () => {
    const built = plan("Atlantis", "Paris");
    expect(built.ok ? undefined : built.problem.code).toBe("malformed_table");
  });

  it("fails where what it teaches is right", () => {
    const built = plan("France", "Paris");
    expect(built.ok ? undefined : built.problem.message).toBe(
      'The mistake about "France" (country-capital) teaches "Paris", which is right.',
    );
  });
});
