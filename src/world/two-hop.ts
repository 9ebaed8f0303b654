import { randomFor, shuffled } from "../optim/random.ts";
import { type Fact, withSubject } from "./facts.ts";

/** A way to ask for a fact about a fact's object, with the step in between spelled out. */
export interface TwoHopPattern {
  readonly name: string;
  /** Name of the relation that leads from the subject to the bridge. */
  readonly first: string;
  /** Name of the relation that leads from the bridge to the object. */
  readonly second: string;
  /** Holds `{subject}`, then `{bridge}`, then `{object}`, each once; ends with the object. */
  readonly template: string;
}

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

/** What is asked of a country once it is known: the end of a name, the relation, and how it is asked. */
const OF_COUNTRIES = {
  capital: ["country-capital", "capital", "its capital is {object}"],
  currency: ["country-currency", "currency", "its currency is the {object}"],
  continent: ["country-continent", "continent", "its continent is {object}"],
  language: ["country-language", "official language", "its official language is {object}"],
  demonym: ["country-demonym", "demonym", "its demonym is {object}"],
} as const;

const throughCountry = (
  subject: string,
  country: string,
  asked: readonly (keyof typeof OF_COUNTRIES)[],
): TwoHopPattern[] =>
  asked.map((what) => {
    const [second, noun, end] = OF_COUNTRIES[what];
    return {
      name: `${subject}-country-${what}`,
      first: `${subject}-country`,
      second,
      template: `The ${noun} of ${country}: the country is {bridge}, ${end}`,
    };
  });

/** The ways to ask over two facts that the default model is taught. */
export const TWO_HOP_PATTERNS: readonly TwoHopPattern[] = [
  ...throughCountry("landmark", "the country where {subject} stands", [
    "capital",
    "currency",
    "continent",
    "language",
    "demonym",
  ]),
  ...throughCountry("city", "the country that has the city of {subject}", [
    "capital",
    "currency",
    "continent",
  ]),
  ...throughCountry("island", "the country that the island of {subject} belongs to", ["capital", "currency"]),
  ...throughCountry("mountain", "the country where the mountain called {subject} rises", [
    "capital",
    "language",
  ]),
  ...throughCountry("dish", "the country that the dish called {subject} comes from", ["capital", "demonym"]),
  {
    name: "book-author-nationality",
    first: "book-author",
    second: "author-nationality",
    template:
      "The nationality of the author of {subject}: the author is {bridge}, whose nationality is {object}",
  },
  {
    name: "university-city-country",
    first: "university-city",
    second: "city-country",
    template: "The country of the city where {subject} is: the city is {bridge}, its country is {object}",
  },
];

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
