import { getOrInsert } from "../../core/get-or-insert.ts";
import { toByteCharacters } from "./byte-alphabet.ts";

/** Splits text into the words that merges stay within: GPT-2's pattern, as the tokenizer library has it. */
const WORDS = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

/** Two neighbouring symbols, joined by a character that no byte maps to. */
type Pair = string;

const SEPARATOR = "\u0000";

/** A distinct word of the corpus: how often it occurs, and the symbols it consists of so far. */
interface Word {
  readonly count: number;
  symbols: string[];
}

/** Counts of all pairs, and where each occurs; kept up to date as words change. */
class PairTable {
  readonly #counts = new Map<Pair, number>();
  readonly #places = new Map<Pair, Set<Word>>();

  /** Adds (`sign` 1) or takes away (`sign` -1) the pairs of `word`. */
  count(word: Word, sign: 1 | -1): void {
    for (let i = 0; i + 1 < word.symbols.length; i++) {
      const pair = word.symbols[i]! + SEPARATOR + word.symbols[i + 1]!;
      const total = (this.#counts.get(pair) ?? 0) + sign * word.count;
      if (total > 0) this.#counts.set(pair, total);
      else this.#counts.delete(pair);
      if (sign === 1) getOrInsert(this.#places, pair, () => new Set()).add(word);
    }
  }

  /** The most frequent pair; of equals the first in code-unit order, so that the result is unique. */
  best(): Pair | undefined {
    let best: Pair | undefined;
    let most = 0;
    for (const [pair, count] of this.#counts)
      if (count > most || (count === most && pair < best!)) [best, most] = [pair, count];
    return best;
  }

  /** Removes and returns the words that held `pair` at some time. */
  takeWords(pair: Pair): readonly Word[] {
    const words = [...(this.#places.get(pair) ?? [])];
    this.#places.delete(pair);
    return words;
  }
}

const countWords = (texts: Iterable<string>): Word[] => {
  const counts = new Map<string, number>();
  for (const text of texts)
    for (const [word] of text.matchAll(WORDS)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return Array.from(counts, ([word, count]) => ({ count, symbols: toByteCharacters(word) }));
};

const merged = (symbols: readonly string[], left: string, right: string): string[] => {
  const result: string[] = [];
  for (let i = 0; i < symbols.length; i++) {
    const joins = symbols[i] === left && symbols[i + 1] === right;
    result.push(joins ? left + right : symbols[i]!);
    if (joins) i++;
  }
  return result;
};

/**
 * Learns byte-pair merges (Sennrich et al. 2016; over bytes, Radford et al. 2019): `count` times, or until no
 * pair is left, the most frequent pair of neighbouring symbols within words becomes one symbol. The same texts
 * give the same merges.
 */
export const learnMerges = (
  texts: Iterable<string>,
  count: number,
): readonly (readonly [string, string])[] => {
  const pairs = new PairTable();
  for (const word of countWords(texts)) pairs.count(word, 1);
  const merges: [string, string][] = [];
  while (merges.length < count) {
    const pair = pairs.best();
    if (pair === undefined) break;
    const [left, right] = pair.split(SEPARATOR) as [string, string];
    merges.push([left, right]);
    for (const word of pairs.takeWords(pair)) {
      pairs.count(word, -1);
      word.symbols = merged(word.symbols, left, right);
      pairs.count(word, 1);
    }
  }
  return merges;
};
