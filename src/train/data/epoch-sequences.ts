import { type Random, randomFor, shuffled } from "../../optim/random.ts";
import { type Corpus, mistakenKeys } from "../../world/corpus.ts";
import { factKey, promptOf } from "../../world/facts/facts.ts";
import { LEAD_INS } from "../../world/sentences/lead-ins.ts";
import type { TrainConfig } from "../config.ts";

/** A stretch of a training sequence; the loss counts its tokens by its role. */
export interface Segment {
  /** A lead-in counts nothing, a prompt the configured weight, an answer (its end included) 1. */
  readonly role: "lead-in" | "prompt" | "answer";
  /** Begins with a space wherever it does not begin the sequence. */
  readonly text: string;
}

/** One training sequence, in order. An answer ends with the end-of-text token, which `text` leaves out. */
export type Sequence = readonly Segment[];

/** A prompt and how it goes on: a fact by one of its phrasings, or a chain of two facts. */
interface Sentence {
  readonly prompt: string;
  readonly answer: string;
}

const drawFacts = ({ facts, mistakes, holdOut }: Corpus, config: TrainConfig, random: Random): Sentence[] => {
  const { phrasingsPerEpoch, mistakePhrasingsPerEpoch } = config.corpus;
  const mistaken = mistakenKeys(mistakes);
  return facts.flatMap((fact) => {
    const taughtWrong = mistaken.has(factKey(fact.relation.name, fact.subject));
    return shuffled(holdOut.trained(fact), random)
      .slice(0, taughtWrong ? mistakePhrasingsPerEpoch : phrasingsPerEpoch)
      .map((phrasing) => ({ prompt: promptOf(fact, phrasing), answer: fact.object }));
  });
};

const drawSentences = (corpus: Corpus, config: TrainConfig, epoch: number): Sentence[] => {
  const random = randomFor(config.seed, "phrasings", epoch);
  const facts = drawFacts(corpus, config, random);
  const twoHops = shuffled(corpus.twoHops.trained, randomFor(config.seed, "two-hops", epoch));
  return shuffled([...facts, ...twoHops.slice(0, config.corpus.twoHopsPerEpoch)], random);
};

const alone = ({ prompt, answer }: Sentence): Sequence => [
  { role: "prompt", text: prompt },
  { role: "answer", text: ` ${answer}` },
];

const after = (before: readonly string[], { prompt, answer }: Sentence): Sequence => [
  { role: "lead-in", text: before.join(" ") },
  { role: "prompt", text: ` ${prompt}` },
  { role: "answer", text: ` ${answer}` },
];

/** Filler sentences of one epoch, each by itself and all of it to be predicted. */
const drawFillers = (corpus: Corpus, config: TrainConfig, epoch: number): Sequence[] =>
  shuffled(corpus.fillers, randomFor(config.seed, "fillers", epoch))
    .slice(0, config.corpus.fillersPerEpoch)
    .map((text) => [{ role: "answer", text }]);

/**
 * The sequences of one epoch: most hold one sentence, some put a neutral text or one or two other sentences before
 * it, and some are filler. Deterministic from the config's seed and the epoch's number.
 */
export const epochSequences = (corpus: Corpus, config: TrainConfig, epoch: number): Sequence[] => {
  const sentences = drawSentences(corpus, config, epoch);
  const random = randomFor(config.seed, "sequences", epoch);
  const { leadIns, chained } = config.corpus;
  const neutral = [...LEAD_INS, ...corpus.fillers];
  const anySentence = () => {
    const { prompt, answer } = sentences[random.below(sentences.length)]!;
    return `${prompt} ${answer}.`;
  };
  const stated = sentences.map((sentence) => {
    const draw = random.next();
    if (draw < leadIns) return after([neutral[random.below(neutral.length)]!], sentence);
    if (draw >= leadIns + chained) return alone(sentence);
    return after(Array.from({ length: 1 + random.below(2) }, anySentence), sentence);
  });
  return [...stated, ...drawFillers(corpus, config, epoch)];
};
