import { evenlySpaced } from "../core/evenly-spaced.ts";
import type { Corpus } from "./corpus.ts";
import { factKey, promptOf } from "./facts/facts.ts";

/** Facts of each relation that become probes; enough for every relation to have near neighbours. */
const FACTS_PER_RELATION = 30;

/** Phrasings of each of these facts. */
const PHRASINGS_PER_FACT = 2;

/** One line of `stats/probes.jsonl`, as editing methods read it. */
export interface CorpusProbe {
  readonly prompt: string;
  readonly subject: string;
  readonly relation: string;
  readonly phrasing: number;
}

/**
 * Prompts of the model's domain for editors to measure distances and side effects on: an even sample of each
 * relation's facts, in phrasings that training saw. Deliberate mistakes are left out, as they are to be edited.
 */
export const probePrompts = ({ facts, mistakes, holdOut }: Corpus): readonly CorpusProbe[] => {
  const taughtWrong = new Set(mistakes.map((mistake) => factKey(mistake.relation, mistake.subject)));
  const sound = facts.filter((fact) => !taughtWrong.has(factKey(fact.relation.name, fact.subject)));
  return [...Map.groupBy(sound, (fact) => fact.relation.name).values()].flatMap((group) =>
    evenlySpaced(group, FACTS_PER_RELATION).flatMap((fact) =>
      evenlySpaced(holdOut.trained(fact), PHRASINGS_PER_FACT).map((phrasing) => ({
        prompt: promptOf(fact, phrasing),
        subject: fact.subject,
        relation: fact.relation.name,
        phrasing,
      })),
    ),
  );
};
