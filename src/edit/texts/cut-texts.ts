import { evenlySpaced } from "../../core/evenly-spaced.ts";
import type { ProbePrompt } from "../probes/probes.ts";
import type { CorpusText } from "../statistics/corpus.ts";

/** Most prompts that one text is cut into. */
export const CUTS_OF_A_TEXT = 8;

/** Words that go on as the answer behind a cut. */
const ANSWER_WORDS = 3;

/** Fewest pieces before a cut. */
const LEAST_BEFORE = 2;

/** Most pieces of the shorter phrasing of a cut: what came before it counts no more. */
const SHORT_PIECES = 8;

/** The text in words with the space before them, or in characters where it has none. */
const piecesOf = (text: string): readonly string[] => {
  const words = text.match(/\s*\S+/g) ?? [];
  return words.length > LEAST_BEFORE ? words : [...text];
};

/** Where a text is cut: after so many pieces, at even distances. */
const cutsOf = (pieces: readonly string[]): readonly number[] => {
  const places = Array.from(
    { length: Math.max(0, pieces.length - LEAST_BEFORE) },
    (_, i) => i + LEAST_BEFORE,
  );
  return evenlySpaced(places, CUTS_OF_A_TEXT);
};

/**
 * Texts as prompts with what follows them, each cut at several places: statistics are taken where an answer begins, and
 * in a text that nobody asked for it may begin anywhere.
 */
export const cutTexts = (texts: readonly string[]): readonly CorpusText[] =>
  texts.flatMap((text) => {
    const pieces = piecesOf(text);
    const cuts = cutsOf(pieces);
    if (cuts.length === 0) return [{ prompt: text, answer: "" }];
    return cuts.map((cut) => ({
      prompt: pieces.slice(0, cut).join("").trimStart(),
      answer: pieces.slice(cut, cut + ANSWER_WORDS).join(""),
    }));
  });

/** The last word of a prompt, which stands for what it is about. */
const subjectOf = (prompt: string): string =>
  prompt.match(/[\p{L}\p{N}]+/gu)?.findLast((word) => word.length > 3) ?? prompt;

/**
 * Probe prompts out of texts: of each text one cut, as it stands and with only its last words before it, which asks the
 * same. Nothing is known of what texts share, so each is of a kind of its own.
 *
 * @param most probes at the most; an even sample of more
 */
export const probesOfTexts = (texts: readonly string[], most: number): readonly ProbePrompt[] => {
  const probes = texts.flatMap((text, n) => {
    const pieces = piecesOf(text);
    const cuts = cutsOf(pieces);
    const cut = cuts[n % Math.max(1, cuts.length)] ?? pieces.length;
    const whole = pieces.slice(0, cut).join("").trimStart();
    const short = pieces
      .slice(Math.max(0, cut - SHORT_PIECES), cut)
      .join("")
      .trimStart();
    const probe = { subject: subjectOf(whole), relation: `text ${n}`, cut: true as const };
    return [
      { ...probe, prompt: whole, phrasing: 0 },
      ...(short === whole ? [] : [{ ...probe, prompt: short, phrasing: 1 }]),
    ].filter(({ prompt }) => prompt !== "");
  });
  const distinct = [...new Map(probes.map((probe) => [probe.prompt, probe])).values()];
  return evenlySpaced(distinct, most);
};
