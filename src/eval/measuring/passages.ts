import { evenlySpaced } from "../../core/evenly-spaced.ts";
import type { EvaluationCase } from "../case.ts";

/** A passage of text: what the model is given, and what follows it there, as it is written. */
export type Passage = readonly [opening: string, rest: string];

/**
 * Fixed text, of our own, about nothing that is edited: each is split where the model begins to be scored.
 * Short, so that it fits the smallest context.
 */
export const FIXED_TEXT: readonly Passage[] = [
  ["The old library", " is open every day except Sunday, and the door is always unlocked."],
  ["In the morning", " the children walk to school along the river."],
  ["She put the letter", " on the table and went out into the rain."],
  ["A good map", " shows the roads, the rivers and the mountains of a country."],
  ["The train to the coast", " leaves at nine and arrives before noon."],
  ["When the music stopped,", " everyone in the room began to talk at once."],
  ["He had never seen", " such a large animal so close to the house."],
  ["After the long winter", " the farmers were glad of the first warm days."],
];

/** Most passages of a text: each is asked and scored at every point of a sequence. */
const MOST_PASSAGES = 100;

/** Words that a passage begins with, and those after them that are scored: short, for small contexts. */
const OPENING_WORDS = 8;
const SCORED_WORDS = 16;

/** The beginnings of texts as passages, an even sample of a hundred; a text of a single word gives none. */
export const passagesOf = (texts: readonly string[]): readonly Passage[] => {
  const passages = texts.flatMap((text): Passage[] => {
    const words = text.trim().match(/\s*\S+/g) ?? [];
    if (words.length < 2) return [];
    const cut = Math.min(OPENING_WORDS, Math.floor(words.length / 2));
    return [[words.slice(0, cut).join(""), words.slice(cut, cut + SCORED_WORDS).join("")]];
  });
  return evenlySpaced(passages, MOST_PASSAGES);
};

/** Openings that are asked of every case; a sequence asks those of all its cases. */
const OPENINGS_OF_A_CASE = 20;

/** Cases that have openings of passages, taken in turn, among what must not change: their random group. */
export const withOpenings = (
  cases: readonly EvaluationCase[],
  passages: readonly Passage[],
): readonly EvaluationCase[] =>
  cases.map((one, at) => {
    const openings = Array.from({ length: Math.min(OPENINGS_OF_A_CASE, passages.length) }, (_, i) => ({
      prompt: passages[(at * OPENINGS_OF_A_CASE + i) % passages.length]![0],
      answer: null,
    }));
    return { ...one, locality: { ...one.locality, random: [...one.locality.random, ...openings] } };
  });
