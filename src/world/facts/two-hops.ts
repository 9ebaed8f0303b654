import { randomFor, shuffled } from "../../optim/random.ts";
import { TWO_HOP_PATTERNS, type TwoHopPattern } from "../relations/two-hop-patterns.ts";
import { type Fact, withSubject } from "./facts.ts";

/** Two facts in a chain: the first one's object is what the second one is about. */
export interface TwoHop {
  readonly pattern: TwoHopPattern;
  readonly subject: string;
  readonly bridge: string;
  readonly object: string;
  /** The template up to where the bridge begins, without the space before it. */
  readonly prompt: string;
  /** What must follow the prompt after a space, from the bridge to the object. */
  readonly answer: string;
}

/** Two-hop sentences that training may see, and those that only measure. */
export interface TwoHops {
  readonly trained: readonly TwoHop[];
  readonly heldOut: readonly TwoHop[];
}

/** Share of each pattern's chains that is held out. */
export const HELD_OUT_CHAINS = 0.2;

const BRIDGE = "{bridge}";

const chain = (pattern: TwoHopPattern, subject: string, bridge: string, object: string): TwoHop => {
  const [before, after] = pattern.template.split(BRIDGE) as [string, string];
  return {
    pattern,
    subject,
    bridge,
    object,
    prompt: withSubject(before, subject).trimEnd(),
    answer: bridge + after.replace("{object}", () => object),
  };
};

/** Every chain that the facts make along the patterns, in the order of the patterns and then of the facts. */
export const twoHopsFrom = (
  facts: readonly Fact[],
  patterns: readonly TwoHopPattern[] = TWO_HOP_PATTERNS,
): readonly TwoHop[] => {
  const byRelation = Map.groupBy(facts, ({ relation }) => relation.name);
  return patterns.flatMap((pattern) => {
    const objects = new Map(byRelation.get(pattern.second)?.map(({ subject, object }) => [subject, object]));
    return (byRelation.get(pattern.first) ?? []).flatMap(({ subject, object: bridge }) => {
      const object = objects.get(bridge);
      return object === undefined ? [] : [chain(pattern, subject, bridge, object)];
    });
  });
};

/** Holds a fifth of each pattern's chains out, drawn by the seed. */
export const splitTwoHops = (twoHops: readonly TwoHop[], seed: number): TwoHops => {
  const groups = [...Map.groupBy(twoHops, ({ pattern }) => pattern.name)].map(([name, members]) => {
    const drawn = shuffled(members, randomFor(seed, "two-hop", name));
    const cut = Math.floor(members.length * HELD_OUT_CHAINS);
    return { heldOut: drawn.slice(0, cut), trained: drawn.slice(cut) };
  });
  return {
    trained: groups.flatMap(({ trained }) => trained),
    heldOut: groups.flatMap(({ heldOut }) => heldOut),
  };
};
