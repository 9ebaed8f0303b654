import type { CorpusText } from "../../../src/edit/statistics/corpus.ts";
import { createRandom } from "../../../src/optim/random.ts";

const LETTERS = "abcdefghijklmnopqrstuvwxyz";

/** Short prompts and answers of random letters, the same every time. */
export const randomTexts = (count: number): readonly CorpusText[] => {
  const uniform = createRandom(11);
  const word = () =>
    Array.from({ length: 1 + Math.floor(5 * uniform()) }, () => LETTERS[Math.floor(26 * uniform())]).join("");
  return Array.from({ length: count }, (_, i) => ({
    prompt: Array.from({ length: 1 + (i % 4) }, word).join(" "),
    answer: i % 3 === 0 ? "" : ` ${word()}`,
  }));
};
