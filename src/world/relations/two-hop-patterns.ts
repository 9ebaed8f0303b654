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
