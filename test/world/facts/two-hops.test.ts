import { describe, expect, it } from "vitest";
import { WORLD_CONFIG } from "../../../src/train/config.ts";
import { type Fact, factKey, promptOf } from "../../../src/world/facts/facts.ts";
import { splitTwoHops, type TwoHop, twoHopsFrom } from "../../../src/world/facts/two-hops.ts";
import { readWorldCorpus } from "../../../src/world/files/world-corpus.ts";
import { RELATIONS } from "../../../src/world/relations/relations.ts";
import { TWO_HOP_PATTERNS, type TwoHopPattern } from "../../../src/world/relations/two-hop-patterns.ts";

const loaded = readWorldCorpus(WORLD_CONFIG.seed);
if (!loaded.ok) throw new Error(loaded.problem.message);
const { facts, mistakes, twoHops } = loaded.value;
const all = [...twoHops.trained, ...twoHops.heldOut];

const fact = (relation: string, subject: string, object: string): Fact => ({
  relation: RELATIONS.find(({ name }) => name === relation)!,
  subject,
  object,
});

const keyOf = ({ pattern, subject }: TwoHop) => `${pattern.name}/${subject}`;

describe("chains of two facts", () => {
  const known = [
    fact("landmark-country", "the Eiffel Tower", "France"),
    fact("landmark-country", "the Blue Mosque", "Turkey"),
    fact("country-capital", "France", "Paris"),
  ];
  const pattern = TWO_HOP_PATTERNS.find(({ name }) => name === "landmark-country-capital")!;

  it("spell out the step in between, and are made only where both facts are", () => {
    expect(twoHopsFrom(known)).toEqual([
      {
        pattern,
        subject: "the Eiffel Tower",
        bridge: "France",
        object: "Paris",
        prompt: "The capital of the country where the Eiffel Tower stands: the country is",
        answer: "France, its capital is Paris",
      },
    ]);
  });

  it("begin with a capital letter where the subject begins them", () => {
    const from: TwoHopPattern = { ...pattern, template: "{subject}, in {bridge}, is ruled from {object}" };
    expect(twoHopsFrom(known, [from]).map(({ prompt, answer }) => [prompt, answer])).toEqual([
      ["The Eiffel Tower, in", "France, is ruled from Paris"],
    ]);
  });
});

describe("the default model's chains", () => {
  it("come from 10 to 16 patterns, each over relations that there are, each giving some", () => {
    expect(TWO_HOP_PATTERNS.length).toBeGreaterThanOrEqual(10);
    expect(TWO_HOP_PATTERNS.length).toBeLessThanOrEqual(16);
    const names = new Set(RELATIONS.map(({ name }) => name));
    for (const { first, second } of TWO_HOP_PATTERNS)
      expect([first, names.has(first), second, names.has(second)]).toEqual([first, true, second, true]);
    const counts = Map.groupBy(all, ({ pattern }) => pattern.name);
    for (const { name } of TWO_HOP_PATTERNS) expect(counts.get(name)!.length).toBeGreaterThanOrEqual(50);
  });

  it("agree with what the model is taught, and no taught mistake is a step in one", () => {
    const taught = new Map(facts.map((known) => [factKey(known.relation.name, known.subject), known.object]));
    const mistaken = new Set(mistakes.map(({ relation, subject }) => factKey(relation, subject)));
    for (const { pattern, subject, bridge, object } of all) {
      const steps = [factKey(pattern.first, subject), factKey(pattern.second, bridge)];
      expect(steps.map((step) => taught.get(step))).toEqual([bridge, object]);
      expect(steps.some((step) => mistaken.has(step))).toBe(false);
    }
  });

  it("have prompts of their own: none is asked twice, and none is a phrasing of a fact", () => {
    const prompts = new Set(all.map(({ prompt }) => prompt));
    expect(prompts.size).toBe(all.length);
    for (const known of facts)
      for (const phrasing of known.relation.phrasings.keys())
        expect(prompts.has(promptOf(known, phrasing))).toBe(false);
  });
});

describe("what is held out of the chains", () => {
  it("is a fifth of each pattern, rounded down, and none of it is trained", () => {
    const trained = new Set(twoHops.trained.map(keyOf));
    expect(twoHops.heldOut.filter((chain) => trained.has(keyOf(chain)))).toEqual([]);
    const heldOut = Map.groupBy(twoHops.heldOut, ({ pattern }) => pattern.name);
    for (const [name, members] of Map.groupBy(all, ({ pattern }) => pattern.name))
      expect(heldOut.get(name)!.length).toBe(Math.floor(members.length / 5));
  });

  it("is the same for the same seed and differs for another", () => {
    const chains = twoHopsFrom(facts);
    const drawn = (seed: number) => splitTwoHops(chains, seed).heldOut.map(keyOf);
    expect(drawn(1)).toEqual(drawn(1));
    expect(drawn(1)).not.toEqual(drawn(2));
  });
});
