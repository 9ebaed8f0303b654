import { type Random, shuffled } from "../../optim/random.ts";
import { type Fact, promptOf } from "../../world/facts/facts.ts";
import type { EvaluationCase, LocalityProbe, Neighbour } from "../case.ts";
import type { WorldIndex } from "./world-index.ts";

/** Neighbours with the old object, and as many with the new one; what is missing is made up by others. */
const NEIGHBOURS_OF_A_KIND = 4;

/** Most other relations of the subject. */
const SAME_SUBJECT = 5;

/** Facts that have nothing to do with the edit. */
const RANDOM_FACTS = 8;

const draw = (facts: readonly Fact[], count: number, random: Random): readonly Fact[] =>
  shuffled(facts, random).slice(0, count);

/** Asked the way the edit was: its own phrasings in turn, about another subject. */
const neighbourProbe =
  (object: Neighbour["object"], phrasings: readonly number[]) =>
  (fact: Fact, index: number): Neighbour => ({
    prompt: promptOf(fact, phrasings[index % phrasings.length]!),
    answer: fact.object,
    object,
  });

const neighboursOf = (
  edited: Fact,
  target: string,
  given: readonly number[],
  index: WorldIndex,
  random: Random,
): readonly Neighbour[] => {
  const others = index.byRelation(edited.relation.name).filter(({ subject }) => subject !== edited.subject);
  const old = draw(
    others.filter(({ object }) => object === edited.object),
    NEIGHBOURS_OF_A_KIND,
    random,
  );
  const fresh = draw(
    others.filter(({ object }) => object === target),
    NEIGHBOURS_OF_A_KIND,
    random,
  );
  const third = draw(
    others.filter(({ object }) => object !== target && object !== edited.object),
    2 * NEIGHBOURS_OF_A_KIND - old.length - fresh.length,
    random,
  );
  return [
    ...old.map(neighbourProbe("old", given)),
    ...fresh.map(neighbourProbe("new", given)),
    ...third.map(neighbourProbe("other", given)),
  ];
};

const trainedProbe =
  (index: WorldIndex, random: Random) =>
  (fact: Fact): LocalityProbe => {
    const phrasings = index.holdOut.trained(fact);
    return { prompt: promptOf(fact, phrasings[random.below(phrasings.length)]!), answer: fact.object };
  };

/**
 * What an edit of `edited` to `target` must leave alone. `given` are the phrasings that the editor is given:
 * neighbours are asked in the same ones, which is the hardest way.
 */
export const localityOf = (
  edited: Fact,
  target: string,
  given: readonly number[],
  index: WorldIndex,
  random: Random,
): EvaluationCase["locality"] => {
  const sameSubject = index
    .bySubject(edited.subject)
    .filter(({ relation }) => relation.name !== edited.relation.name);
  const unrelated = (fact: Fact) =>
    fact.relation.table !== edited.relation.table && fact.subject !== edited.subject;
  const strangers = index.facts.filter(unrelated);
  const stranger = () => strangers[random.below(strangers.length)]!;
  const drawn = strangers.length === 0 ? [] : Array.from({ length: RANDOM_FACTS }, stranger);
  const probe = trainedProbe(index, random);
  return {
    neighbours: neighboursOf(edited, target, given, index, random),
    sameSubject: draw(sameSubject, SAME_SUBJECT, random).map(probe),
    random: drawn.map(probe),
  };
};
