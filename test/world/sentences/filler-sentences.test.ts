import { expect, it } from "vitest";
import { WORLD_CONFIG } from "../../../src/train/config.ts";
import { readWorldCorpus } from "../../../src/world/files/world-corpus.ts";
import { FILLER_COUNT, FILLER_SENTENCES } from "../../../src/world/sentences/filler-sentences.ts";

it("filler is a few hundred different whole sentences", () => {
  expect(FILLER_SENTENCES.length).toBe(FILLER_COUNT);
  expect(new Set(FILLER_SENTENCES).size).toBe(600);
  for (const sentence of FILLER_SENTENCES) expect(sentence).toMatch(/^[A-Z][A-Za-z ,]+[.?]$/);
});

it("filler names no subject of the tables with a name of its own, so it cannot contradict a fact", () => {
  const corpus = readWorldCorpus(WORLD_CONFIG.seed);
  if (!corpus.ok) throw new Error(corpus.problem.message);
  const names = new Set(
    corpus.value.facts.map(({ subject }) => subject).filter((name) => /^[A-Z]/.test(name)),
  );
  const words = new Set(FILLER_SENTENCES.flatMap((sentence) => sentence.match(/\b[A-Z][a-z]+\b/g) ?? []));
  expect([...words].filter((word) => names.has(word))).toEqual([]);
});
