import { beforeAll, describe, expect, it } from "vitest";
import type { EvaluationCase } from "../../../src/eval/case.ts";
import { mistakesData, worldData } from "../../../src/eval/data/world.ts";
import { readWorldFacts, type WorldFacts } from "../../../src/eval/data/world-facts.ts";
import type { TwoHop } from "../../../src/world/facts/two-hops.ts";

let world: WorldFacts;
let cases: readonly EvaluationCase[];

beforeAll(() => {
  const facts = readWorldFacts();
  if (!facts.ok) throw new Error(facts.problem.message);
  world = facts.value;
  cases = worldData(world, 0).cases;
});

const relationOf = (prompt: string, subject: string) =>
  world.facts.find(
    (fact) =>
      fact.subject === subject &&
      fact.relation.phrasings.some((_, i) => promptIn(fact.relation.phrasings[i]!, subject) === prompt),
  )?.relation;

const promptIn = (template: string, subject: string) => {
  const text = template.replace("{subject}", () => subject);
  return template.startsWith("{subject}") ? text[0]!.toUpperCase() + text.slice(1) : text;
};

describe("the world benchmark", () => {
  it("edits nearly every fact, each once, and none of the documented mistakes", () => {
    expect(cases.length).toBeGreaterThan(0.95 * world.facts.length);
    expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
    const mistakes = new Set(world.mistakes.map(({ id }) => id));
    expect(cases.filter(({ id }) => mistakes.has(id))).toEqual([]);
  });

  it("is the same for the same seed, and another for another", () => {
    expect(worldData(world, 0).cases.slice(0, 50)).toEqual(cases.slice(0, 50));
    expect(worldData(world, 1).cases[0]!.id).not.toBe(cases[0]!.id);
  });

  it("changes a fact to another object of its relation", () => {
    for (const { edit } of cases.slice(0, 200)) {
      const relation = relationOf(edit.prompt, edit.subject!);
      const objects = world.facts.filter((fact) => fact.relation === relation).map(({ object }) => object);
      expect(edit.target).not.toBe(edit.groundTruth);
      expect(objects).toContain(edit.target);
    }
  });

  it("gives the prompt and up to three paraphrases to the editor and measures on all others", () => {
    for (const { edit, phrasings } of cases.slice(0, 200)) {
      const given = [edit.prompt, ...edit.paraphrases];
      const relation = relationOf(edit.prompt, edit.subject!)!;
      expect(given.length).toBeGreaterThan(1);
      expect(given.length).toBeLessThanOrEqual(4);
      expect(given.every((prompt) => prompt.includes(edit.subject!))).toBe(true);
      expect(new Set([...given, ...phrasings.map(({ prompt }) => prompt)]).size).toBe(
        relation.phrasings.length,
      );
    }
  });

  it("says which of the measured phrasings training saw, and gives none of the others away", () => {
    const measured = cases.slice(0, 500).flatMap(({ phrasings }) => phrasings);
    expect(measured.some(({ seenInTraining }) => seenInTraining === false)).toBe(true);
    for (const { edit } of cases.slice(0, 100)) {
      const fact = world.facts.find(
        ({ subject, relation }) =>
          subject === edit.subject && relation === relationOf(edit.prompt, edit.subject!),
      )!;
      const heldOut = world.holdOut
        .heldOut(fact)
        .map((i) => promptIn(fact.relation.phrasings[i]!, fact.subject));
      expect([edit.prompt, ...edit.paraphrases].filter((prompt) => heldOut.includes(prompt))).toEqual([]);
    }
  });

  it("asks neighbours with the old object and with the new, and never about the edited subject", () => {
    for (const { edit, locality } of cases.slice(0, 200)) {
      for (const { object, answer, prompt } of locality.neighbours) {
        expect(prompt.includes(edit.subject!) && prompt === edit.prompt).toBe(false);
        expect(answer === edit.groundTruth).toBe(object === "old");
        expect(answer === edit.target).toBe(object === "new");
      }
      expect(locality.random.length).toBe(8);
    }
    const objects = cases.flatMap(({ locality }) => locality.neighbours.map(({ object }) => object));
    expect(new Set(objects)).toEqual(new Set(["old", "new", "other"]));
  });

  it("keeps the subject in the prompts about its other relations", () => {
    const found = cases
      .slice(0, 300)
      .flatMap(({ edit, locality }) =>
        locality.sameSubject.map(({ prompt }) => prompt.toLowerCase().includes(edit.subject!.toLowerCase())),
      );
    expect(found.length).toBeGreaterThan(50);
    expect(found.every(Boolean)).toBe(true);
  });
});

describe("two-hop consequences", () => {
  const template =
    "The capital of the country where {subject} stands: the country is {bridge}, its capital is {object}";
  const chain = (subject: string, bridge: string, object: string): TwoHop => ({
    pattern: { name: "made-up", first: "landmark-country", second: "country-capital", template },
    subject,
    bridge,
    object,
    prompt: `The capital of the country where ${subject} stands: the country is`,
    answer: `${bridge}, its capital is ${object}`,
  });
  const casesWith = (twoHops: readonly TwoHop[]) => worldData({ ...world, twoHops }, 0).cases;

  it("end at the target where the edited fact is the second step", () => {
    const found = casesWith([chain("the Eiffel Tower", "France", "Paris")]).find(
      ({ id }) => id === "country-capital-france",
    )!;
    expect(found.portability).toEqual([
      {
        kind: "two-hop",
        prompt: "The capital of the country where the Eiffel Tower stands: the country is",
        answers: [`France, its capital is ${found.edit.target}`],
        before: ["France, its capital is Paris"],
      },
    ]);
  });

  it("go on from the target where the edited fact is the first step", () => {
    const found = casesWith([chain("the Eiffel Tower", "France", "Paris")]).find(
      ({ id }) => id === "landmark-country-the-eiffel-tower",
    )!;
    const capital = world.facts.find(
      ({ relation, subject }) => relation.name === "country-capital" && subject === found.edit.target,
    );
    expect(found.portability.map(({ answers }) => answers)).toEqual(
      capital ? [[`${found.edit.target}, its capital is ${capital.object}`]] : [],
    );
  });
});

describe("the mistakes benchmark", () => {
  it("puts each documented mistake right", () => {
    const { cases: mistakes } = mistakesData(world, 0);
    expect(mistakes.length).toBe(world.mistakes.length);
    const australia = mistakes.find(({ id }) => id === "country-capital-australia")!;
    expect(australia.edit).toMatchObject({ subject: "Australia", target: "Canberra", groundTruth: "Sydney" });
    expect(australia.oldAnswers).toEqual(["Sydney"]);
  });
});
