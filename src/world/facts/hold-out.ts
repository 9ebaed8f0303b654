import { randomFor, shuffled } from "../../optim/random.ts";
import { type Fact, factKey } from "./facts.ts";

/** Phrasings at the end of each relation's list that are held out for half of its subjects. */
export const HELD_OUT_PHRASINGS = 2;

/** Which phrasings of each fact may be trained on, and which only measure. */
export interface HoldOut {
  /** Indices of the phrasings that training may use. */
  trained(fact: Fact): readonly number[];
  /** Indices of the phrasings that training never sees; empty for half of the facts. */
  heldOut(fact: Fact): readonly number[];
}

/**
 * Draws half of each relation's subjects, rounded down, and holds the relation's last two phrasings out for
 * them. Facts in `whole` are never drawn: a taught mistake must show in every phrasing.
 */
export const holdOutFor = (facts: readonly Fact[], whole: ReadonlySet<string>, seed: number): HoldOut => {
  const drawn = new Set<string>();
  for (const [relation, members] of Map.groupBy(facts, (fact) => fact.relation)) {
    const keys = members.map(({ subject }) => factKey(relation.name, subject));
    const candidates = keys.filter((key) => !whole.has(key));
    const random = randomFor(seed, "hold-out", relation.name);
    for (const key of shuffled(candidates, random).slice(0, Math.floor(keys.length / 2))) drawn.add(key);
  }
  const split = ({ relation, subject }: Fact) => {
    const indices = [...relation.phrasings.keys()];
    const cut = drawn.has(factKey(relation.name, subject)) ? -HELD_OUT_PHRASINGS : indices.length;
    return { trained: indices.slice(0, cut), heldOut: cut < 0 ? indices.slice(cut) : [] };
  };
  return { trained: (fact) => split(fact).trained, heldOut: (fact) => split(fact).heldOut };
};
