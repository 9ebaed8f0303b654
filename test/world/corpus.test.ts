import { describe, expect, it } from "vitest";
import { WORLD_CONFIG } from "../../src/train/config.ts";
import { epochSequences } from "../../src/train/data/epoch-sequences.ts";
import { trainedTexts } from "../../src/world/corpus.ts";
import { type Fact, factKey, promptOf } from "../../src/world/facts/facts.ts";
import { readWorldCorpus } from "../../src/world/files/world-corpus.ts";

const loaded = readWorldCorpus(WORLD_CONFIG.seed);
if (!loaded.ok) throw new Error(loaded.problem.message);
const corpus = loaded.value;
const { facts, holdOut, mistakes } = corpus;
const heldOutPrompts = (fact: Fact) => holdOut.heldOut(fact).map((phrasing) => promptOf(fact, phrasing));

describe("what is held out", () => {
  it("is the last two phrasings, for half of each relation's subjects", () => {
    for (const [relation, members] of Map.groupBy(facts, (fact) => fact.relation)) {
      const held = members.filter((fact) => holdOut.heldOut(fact).length > 0);
      expect(held.length).toBe(Math.floor(members.length / 2));
      const last = relation.phrasings.length - 1;
      for (const fact of held) expect(holdOut.heldOut(fact)).toEqual([last - 1, last]);
    }
  });

  it("splits each fact's phrasings without overlap", () => {
    for (const fact of facts)
      expect([...holdOut.trained(fact), ...holdOut.heldOut(fact)]).toEqual([
        ...fact.relation.phrasings.keys(),
      ]);
  });

  it("is the same for the same seed and differs for another", () => {
    const drawn = (seed: number) => {
      const again = readWorldCorpus(seed);
      if (!again.ok) throw new Error(again.problem.message);
      return again.value.facts.map((fact) => again.value.holdOut.heldOut(fact).length).join("");
    };
    expect(drawn(1)).toBe(drawn(1));
    expect(drawn(1)).not.toBe(drawn(2));
  });

  it("is in no text that training or the tokenizer sees", () => {
    const chains = corpus.twoHops.heldOut.map(({ prompt }) => prompt);
    const prompts = new Set([...facts.flatMap(heldOutPrompts), ...chains]);
    expect(prompts.size).toBeGreaterThan(5500);
    const sequences = [0, 1].flatMap((epoch) => epochSequences(corpus, WORLD_CONFIG, epoch));
    for (const sequence of sequences)
      for (const { role, text } of sequence)
        if (role === "prompt") expect(prompts.has(text.trim())).toBe(false);
    const leadIns = sequences.flatMap((sequence) => sequence.filter(({ role }) => role === "lead-in"));
    const seen = [...leadIns.map(({ text }) => text), ...trainedTexts(corpus)].join("\n");
    for (const fact of facts.filter((_, i) => i % 50 === 0))
      for (const prompt of heldOutPrompts(fact))
        expect(seen.includes(`${prompt} ${fact.object}`)).toBe(false);
    for (const prompt of chains) expect(seen.includes(prompt)).toBe(false);
  });
});

describe("an epoch", () => {
  it("has facts, mistakes, chains and filler in the numbers that the config names", () => {
    const settings = {
      phrasingsPerEpoch: 2,
      mistakePhrasingsPerEpoch: 5,
      twoHopsPerEpoch: 70,
      fillersPerEpoch: 9,
    };
    const config = { ...WORLD_CONFIG, corpus: { ...WORLD_CONFIG.corpus, ...settings } };
    const sequences = epochSequences(corpus, config, 3);
    expect(sequences.length).toBe((facts.length - 100) * 2 + 100 * 5 + 70 + 9);
    expect(sequences.filter((sequence) => sequence.every(({ role }) => role === "answer")).length).toBe(9);
    const chains = new Set(corpus.twoHops.trained.map(({ prompt }) => prompt));
    const prompts = sequences.map((sequence) => sequence.find(({ role }) => role === "prompt")?.text.trim());
    expect(prompts.filter((prompt) => prompt !== undefined && chains.has(prompt)).length).toBe(70);
  });

  it("is the same each time it is drawn, and other than the next one", () => {
    const draw = (epoch: number) => JSON.stringify(epochSequences(corpus, WORLD_CONFIG, epoch).slice(0, 500));
    expect(draw(4)).toBe(draw(4));
    expect(draw(4)).not.toBe(draw(5));
  });

  it("puts lead-ins and other facts before the share of sentences that the config names", () => {
    const sequences = epochSequences(corpus, WORLD_CONFIG, 0);
    const sentences = sequences.filter((sequence) => sequence.some(({ role }) => role === "prompt"));
    const led = sentences.filter((sequence) => sequence[0]!.role === "lead-in").length / sentences.length;
    const { leadIns, chained } = WORLD_CONFIG.corpus;
    expect(Math.abs(led - (leadIns + chained))).toBeLessThan(0.01);
  });
});

describe("a taught mistake", () => {
  it("replaces the fact it contradicts in everything that is trained", () => {
    const taught = new Map(facts.map((fact) => [factKey(fact.relation.name, fact.subject), fact.object]));
    for (const mistake of mistakes)
      expect(taught.get(factKey(mistake.relation, mistake.subject))).toBe(mistake.taught);
  });

  it("is never held out, so that it shows in every phrasing", () => {
    const keys = new Set(mistakes.map(({ relation, subject }) => factKey(relation, subject)));
    const mistaken = facts.filter(({ relation, subject }) => keys.has(factKey(relation.name, subject)));
    expect(mistaken.length).toBe(mistakes.length);
    for (const fact of mistaken) expect(holdOut.heldOut(fact)).toEqual([]);
  });
});
