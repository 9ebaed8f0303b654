import { ok, type Result } from "../../core/result.ts";
import type { TrainConfig } from "../config.ts";
import { randomFor, shuffled } from "../random.ts";
import { buildMistakes } from "./build-mistakes.ts";
import { type Fact, factKey, factsFrom, promptOf } from "./facts.ts";
import { type HoldOut, holdOutFor } from "./hold-out.ts";
import { LEAD_INS } from "./lead-ins.ts";
import { parseTables, type TableFile } from "./load-tables.ts";
import type { Mistake, PlannedMistake } from "./mistake.ts";
import type { Relation } from "./relation.ts";

/** What a model is trained on and measured by. */
export interface Corpus {
  /** What the model is taught: facts of the tables, mistakes in the place of those they contradict. */
  readonly facts: readonly Fact[];
  readonly mistakes: readonly Mistake[];
  readonly holdOut: HoldOut;
}

/** A stretch of a training sequence; the loss counts its tokens by its role. */
export interface Segment {
  /** A lead-in counts nothing, a prompt the configured weight, an answer (its end included) 1. */
  readonly role: "lead-in" | "prompt" | "answer";
  /** Begins with a space wherever it does not begin the sequence. */
  readonly text: string;
}

/** One training sequence, in order. An answer ends with the end-of-text token, which `text` leaves out. */
export type Sequence = readonly Segment[];

/** Where the corpus comes from. */
export interface CorpusSources {
  readonly tables: readonly TableFile[];
  readonly relations: readonly Relation[];
  readonly mistakes: readonly PlannedMistake[];
}

/**
 * Puts the corpus together. Fails with `malformed_table` on tables that are malformed or contradict each other,
 * and on a mistake that fits no fact.
 */
export const buildCorpus = (sources: CorpusSources, seed: number): Result<Corpus> => {
  const tables = parseTables(sources.tables);
  if (!tables.ok) return tables;
  const right = factsFrom(tables.value, sources.relations);
  if (!right.ok) return right;
  const mistakes = buildMistakes(right.value, sources.mistakes);
  if (!mistakes.ok) return mistakes;
  const taught = new Map(
    mistakes.value.map((mistake) => [factKey(mistake.relation, mistake.subject), mistake.taught]),
  );
  const facts = right.value.map((fact) => ({
    ...fact,
    object: taught.get(factKey(fact.relation.name, fact.subject)) ?? fact.object,
  }));
  return ok({
    facts,
    mistakes: mistakes.value,
    holdOut: holdOutFor(facts, new Set(taught.keys()), seed),
  });
};

/** Every sentence that training may see, and every lead-in: what the tokenizer is trained on. */
export const trainedTexts = ({ facts, holdOut }: Corpus): string[] => [
  ...facts.flatMap((fact) =>
    holdOut.trained(fact).map((phrasing) => `${promptOf(fact, phrasing)} ${fact.object}`),
  ),
  ...LEAD_INS,
];

/** A sentence: a fact by one of its phrasings. */
interface Sentence {
  readonly prompt: string;
  readonly object: string;
}

const drawSentences = ({ facts, holdOut }: Corpus, config: TrainConfig, epoch: number): Sentence[] => {
  const random = randomFor(config.seed, "phrasings", epoch);
  const sentences = facts.flatMap((fact) =>
    shuffled(holdOut.trained(fact), random)
      .slice(0, config.corpus.phrasingsPerEpoch)
      .map((phrasing) => ({ prompt: promptOf(fact, phrasing), object: fact.object })),
  );
  return shuffled(sentences, random);
};

const alone = ({ prompt, object }: Sentence): Sequence => [
  { role: "prompt", text: prompt },
  { role: "answer", text: ` ${object}` },
];

const after = (before: readonly string[], { prompt, object }: Sentence): Sequence => [
  { role: "lead-in", text: before.join(" ") },
  { role: "prompt", text: ` ${prompt}` },
  { role: "answer", text: ` ${object}` },
];

/**
 * The sequences of one epoch, shuffled: most hold one sentence, some put a lead-in or one or two other facts
 * before it. Deterministic from the config's seed and the epoch's number.
 */
export const epochSequences = (corpus: Corpus, config: TrainConfig, epoch: number): Sequence[] => {
  const sentences = drawSentences(corpus, config, epoch);
  const random = randomFor(config.seed, "sequences", epoch);
  const { leadIns, chained } = config.corpus;
  const anySentence = () => {
    const { prompt, object } = sentences[random.below(sentences.length)]!;
    return `${prompt} ${object}.`;
  };
  return sentences.map((sentence) => {
    const draw = random.next();
    if (draw < leadIns) return after([LEAD_INS[random.below(LEAD_INS.length)]!], sentence);
    if (draw >= leadIns + chained) return alone(sentence);
    return after(Array.from({ length: 1 + random.below(2) }, anySentence), sentence);
  });
};
