import type { TrainConfig } from "../../../src/train/config.ts";
import { buildCorpus, type Corpus } from "../../../src/world/corpus.ts";
import type { Relation } from "../../../src/world/relations/relation.ts";

/** A model small enough to train within seconds. */
export const TINY_CONFIG: TrainConfig = {
  name: "tiny",
  seed: 7,
  threads: 1,
  model: { width: 32, layers: 2, heads: 2, ffn: 64, vocabulary: 400, context: 32 },
  corpus: {
    phrasingsPerEpoch: 2,
    mistakePhrasingsPerEpoch: 2,
    twoHopsPerEpoch: 0,
    fillersPerEpoch: 0,
    chained: 0.1,
    leadIns: 0,
    promptWeight: 0.25,
  },
  optimizer: {
    epochs: 3,
    tokensPerStep: 256,
    learningRate: 5e-3,
    finalShare: 0.1,
    warmUp: 3,
    weightDecay: 0.05,
    beta1: 0.9,
    beta2: 0.98,
    epsilon: 1e-8,
    clip: 1,
  },
};

const COLOURS = ["red", "green", "blue", "pink"];
const PHRASINGS = [
  "{subject} is",
  "I see {subject},",
  "Look at {subject}:",
  "Of {subject}:",
  "Now {subject}:",
];

/** Eight relations of six things and their colours: 48 facts, each relation an eighth of them. */
export const tinyCorpus = (): Corpus => {
  const names = ["ax", "bo", "cu", "de", "ef", "gi", "ho", "ix"];
  const tables = names.map((name, t) => ({
    name,
    text: `thing\tcolour\n${[..."pqrstu"].map((letter, i) => `${name}${letter}\t${COLOURS[(i + t) % 4]}\n`).join("")}`,
  }));
  const relations: Relation[] = names.map((name) => ({
    name,
    table: name,
    subject: "thing",
    object: "colour",
    phrasings: PHRASINGS,
  }));
  const corpus = buildCorpus({ tables, relations, mistakes: [], fillers: [] }, 7);
  if (!corpus.ok) throw new Error(corpus.problem.message);
  return corpus.value;
};
