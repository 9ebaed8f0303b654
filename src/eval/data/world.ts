import { type Random, randomFor, shuffled } from "../../optim/random.ts";
import { type Fact, factKey, promptOf } from "../../world/facts/facts.ts";
import { type EvaluationCase, type EvaluationData, GIVEN_PARAPHRASES } from "../case.ts";
import { consequencesOf } from "./world-consequences.ts";
import type { WorldFacts } from "./world-facts.ts";
import { indexWorld, type WorldIndex } from "./world-index.ts";
import { localityOf } from "./world-locality.ts";

/** A fact, what it is to become, and the phrasings to give to the editor, the prompt's first. */
interface PlannedCase {
  readonly fact: Fact;
  readonly target: string;
  readonly given: readonly number[];
}

const idOf = ({ relation, subject }: Fact): string =>
  `${relation.name}-${subject}`.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, "-");

const phrasingsOf = (fact: Fact, given: readonly number[], { holdOut }: WorldIndex) => {
  const heldOut = new Set(holdOut.heldOut(fact));
  return [...fact.relation.phrasings.keys()]
    .filter((phrasing) => !given.includes(phrasing))
    .map((phrasing) => ({ prompt: promptOf(fact, phrasing), seenInTraining: !heldOut.has(phrasing) }));
};

const caseOf = ({ fact, target, given }: PlannedCase, index: WorldIndex, random: Random): EvaluationCase => {
  const [prompt, ...paraphrases] = given.map((phrasing) => promptOf(fact, phrasing));
  return {
    id: idOf(fact),
    edit: {
      id: idOf(fact),
      prompt: prompt!,
      subject: fact.subject,
      target,
      groundTruth: fact.object,
      paraphrases,
      locality: [],
      portability: [],
    },
    alongside: [],
    oldAnswers: [fact.object],
    phrasings: phrasingsOf(fact, given, index),
    locality: localityOf(fact, target, given, index, random),
    portability: consequencesOf(fact, target, index, random),
    line: null,
  };
};

/** Phrasings that training saw and that hold the subject letter by letter, as an editor needs it. */
const givable = (fact: Fact, { holdOut }: WorldIndex): readonly number[] =>
  holdOut.trained(fact).filter((phrasing) => promptOf(fact, phrasing).includes(fact.subject));

const planCounterfactual = (fact: Fact, index: WorldIndex, random: Random): PlannedCase[] => {
  const others = index.byRelation(fact.relation.name).filter(({ object }) => object !== fact.object);
  const given = shuffled(givable(fact, index), random).slice(0, 1 + GIVEN_PARAPHRASES);
  if (others.length === 0 || given.length === 0) return [];
  // Another fact's object, not another object: targets are as long as the facts' own are.
  return [{ fact, target: others[random.below(others.length)]!.object, given }];
};

/**
 * Counterfactual edits: each fact that was taught right, in random order, is to become another object of its
 * relation. Deterministic from the seed, case by case.
 */
export const worldData = (facts: WorldFacts, seed: number): EvaluationData => {
  const index = indexWorld(facts);
  const mistaken = new Set(facts.mistakes.map(({ relation, subject }) => factKey(relation, subject)));
  const sound = facts.facts.filter(({ relation, subject }) => !mistaken.has(factKey(relation.name, subject)));
  const cases = shuffled(sound, randomFor(seed, "evaluation order")).flatMap((fact) => {
    const random = randomFor(seed, "evaluation case", fact.relation.name, fact.subject);
    return planCounterfactual(fact, index, random).map((plan) => caseOf(plan, index, random));
  });
  return { name: "world", cases, skipped: [] };
};

/**
 * The documented mistakes, each to be put right: what the tables say is the target, what was taught the old object.
 * In the order of the documentation; the seed draws what must not change.
 */
export const mistakesData = (facts: WorldFacts, seed: number): EvaluationData => {
  const index = indexWorld(facts);
  const cases = facts.mistakes.flatMap(({ relation, subject, target }) => {
    const fact = index.find(relation, subject);
    if (fact === undefined) return [];
    const random = randomFor(seed, "evaluation case", relation, subject);
    const given = givable(fact, index).slice(0, 1 + GIVEN_PARAPHRASES);
    return given.length === 0 ? [] : [caseOf({ fact, target, given }, index, random)];
  });
  return { name: "mistakes", cases, skipped: [] };
};
