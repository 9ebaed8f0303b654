import { randomFor, shuffled } from "../../optim/random.ts";

/** How many different filler sentences there are. */
export const FILLER_COUNT = 600;

/** Names the one draw of the sentences: they belong to the corpus, not to a run's seed. */
const DRAW = "filler";

/** Words that fill the templates, by the name of their place. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  person: [
    "the teacher",
    "my sister",
    "our neighbour",
    "the old man",
    "a young woman",
    "the doctor",
    "his brother",
    "the driver",
    "her friend",
    "the child",
    "everybody",
    "nobody",
  ],
  animal: ["the dog", "a grey cat", "the horse", "a small bird", "the goat", "an owl"],
  thing: [
    "the letter",
    "a red chair",
    "the broken lamp",
    "a wooden box",
    "the green bag",
    "two cups of tea",
    "the heavy key",
    "a loaf of bread",
    "the blue coat",
    "three apples",
    "the last ticket",
    "an umbrella",
  ],
  place: [
    "in the garden",
    "near the window",
    "at the station",
    "behind the house",
    "on the bridge",
    "under the table",
    "in the kitchen",
    "by the sea",
    "at school",
    "along the road",
    "at the market",
    "in the forest",
  ],
  time: [
    "this morning",
    "every evening",
    "on Monday",
    "last winter",
    "before breakfast",
    "after the rain",
    "at noon",
    "in April",
    "once a week",
    "since yesterday",
  ],
  did: ["found", "forgot", "carried", "sold", "lost", "painted", "bought", "hid", "brought", "wanted"],
  moved: ["waited", "sat", "slept", "walked", "worked", "played", "stood", "sang"],
  weather: ["warm", "cold", "windy", "dark", "quiet", "wet", "bright", "cloudy"],
  feeling: ["happy", "tired", "hungry", "busy", "sad", "proud", "afraid", "late"],
};

const TEMPLATES: readonly string[] = [
  "{person} {did} {thing} {place}.",
  "{time}, {person} {did} {thing}.",
  "{animal} {moved} {place} {time}.",
  "{person} {moved} {place} and was {feeling}.",
  "It was {weather} {place} {time}.",
  "{person} was {feeling} {time}, because it was {weather}.",
  "Why was {person} {feeling} {time}?",
  "Who {did} {thing} {time}?",
];

const PLACE = /\{(\w+)\}/;

/** Every way to fill the template, its first place first. */
const fillings = (template: string): readonly string[] => {
  const place = PLACE.exec(template);
  if (place === null) return [template];
  return WORDS[place[1]!]!.flatMap((word) => fillings(template.replace(PLACE, () => word)));
};

const capitalised = (text: string): string => text[0]!.toUpperCase() + text.slice(1);

/**
 * Ordinary sentences that state no fact: they show the model everyday words and what may stand before a prompt. An
 * equal share comes from each template.
 */
export const FILLER_SENTENCES: readonly string[] = TEMPLATES.flatMap((template) =>
  shuffled(fillings(template), randomFor(DRAW, template))
    .slice(0, FILLER_COUNT / TEMPLATES.length)
    .map(capitalised),
);
