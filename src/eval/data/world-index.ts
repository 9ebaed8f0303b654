import type { Fact } from "../../world/facts/facts.ts";
import type { HoldOut } from "../../world/facts/hold-out.ts";
import type { TwoHop } from "../../world/facts/two-hops.ts";
import type { WorldFacts } from "./world-facts.ts";

/** The facts, found by what a case needs of them. */
export interface WorldIndex {
  readonly holdOut: HoldOut;
  readonly facts: readonly Fact[];
  byRelation(name: string): readonly Fact[];
  bySubject(subject: string): readonly Fact[];
  /** The fact of that relation about that subject. */
  find(relation: string, subject: string): Fact | undefined;
  /** Chains whose first step is the fact, and chains whose second step is. */
  chainsFrom(fact: Fact): readonly TwoHop[];
  chainsThrough(fact: Fact): readonly TwoHop[];
}

const keyOf = (...parts: readonly string[]): string => JSON.stringify(parts);

/** Indexes the facts. */
export const indexWorld = ({ facts, holdOut, twoHops }: WorldFacts): WorldIndex => {
  const byRelation = Map.groupBy(facts, ({ relation }) => relation.name);
  const bySubject = Map.groupBy(facts, ({ subject }) => subject);
  const byKey = new Map(facts.map((fact) => [keyOf(fact.relation.name, fact.subject), fact]));
  const from = Map.groupBy(twoHops, ({ pattern, subject }) => keyOf(pattern.first, subject));
  const through = Map.groupBy(twoHops, ({ pattern, bridge }) => keyOf(pattern.second, bridge));
  return {
    holdOut,
    facts,
    byRelation: (name) => byRelation.get(name) ?? [],
    bySubject: (subject) => bySubject.get(subject) ?? [],
    find: (relation, subject) => byKey.get(keyOf(relation, subject)),
    chainsFrom: ({ relation, subject }) => from.get(keyOf(relation.name, subject)) ?? [],
    chainsThrough: ({ relation, subject }) => through.get(keyOf(relation.name, subject)) ?? [],
  };
};
