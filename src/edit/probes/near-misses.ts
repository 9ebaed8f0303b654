import type { Edit } from "../../core/edit/edit.ts";
import { promptsAbout, subjectOf } from "../prompts/subject-of.ts";

/** Vowels and what a near miss has in their place. */
const OTHER_VOWEL: ReadonlyMap<string, string> = new Map(
  Object.entries({ a: "o", e: "i", i: "e", o: "a", u: "o", y: "i" }),
);

/** Words that point at somebody, each with one that points at somebody else. */
// A map: a word such as "constructor" must not find what every object has.
const OTHER_PERSON: ReadonlyMap<string, string> = new Map(
  Object.entries({
    my: "your",
    your: "my",
    our: "your",
    his: "her",
    her: "his",
    their: "our",
    i: "you",
    you: "they",
    we: "you",
    he: "she",
    she: "he",
    they: "we",
  }),
);

/** Shortest word that a changed letter still leaves recognisable. */
const SHORTEST_WORD = 4;

const otherNumber = (digits: string): string => {
  const first = Number(digits[0]);
  return `${first > 1 ? first - 1 : first + 1}${digits.slice(1)}`;
};

const nextNumber = (digits: string): string => String(BigInt(digits) + 1n).padStart(digits.length, "0");

/** The word with its last vowel changed; undefined where it is short or has none. */
const misspelt = (word: string): string | undefined => {
  const letters = [...word];
  const place = letters.findLastIndex((letter) => OTHER_VOWEL.has(letter.toLowerCase()));
  if (letters.length < SHORTEST_WORD || place < 0) return undefined;
  return letters.with(place, OTHER_VOWEL.get(letters[place]!.toLowerCase())!).join("");
};

const variantsOf = (word: string, spelling: boolean): readonly string[] => {
  if (/^\d+$/.test(word)) return [otherNumber(word), nextNumber(word)];
  const person = OTHER_PERSON.get(word.toLowerCase());
  if (person !== undefined) return [person];
  const other = spelling ? misspelt(word) : undefined;
  return other === undefined ? [] : [other];
};

/**
 * `text` with one of its words at a time changed into one that looks like it and means something else: another
 * number, another person, and where `spelling` asks for it another letter.
 */
export const nearMissesOf = (text: string, spelling: boolean): readonly string[] =>
  [...text.matchAll(/\d+|\p{L}+/gu)].flatMap(({ 0: word, index }) =>
    variantsOf(word, spelling).map(
      (variant) => text.slice(0, index) + variant + text.slice(index + word.length),
    ),
  );

/**
 * The edit's own prompts about something that is nearly its subject. Where the subject cannot be told, any word of
 * the prompt may be it. `known` says that the model knows the subject: another spelling of it is then a slip of the
 * pen that asks the same, not somebody else.
 */
export const nearMissPrompts = (edit: Edit, known: boolean): readonly string[] => {
  const subject = subjectOf(edit);
  if (subject === undefined) return nearMissesOf(edit.prompt, !known);
  return nearMissesOf(subject, !known).flatMap((other) => promptsAbout(edit, subject, other));
};
