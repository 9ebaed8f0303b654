import type { AssessedFact } from "./assess-facts.ts";

/** How well an assessment finds the facts that a model is known to have wrong. */
export interface FoundMistakes {
  /** Facts taught wrong. */
  readonly mistakes: number;
  /** Of those, the ones judged not known. */
  readonly found: number;
  /** The other facts. */
  readonly others: number;
  /** Of those, the ones judged not known. */
  readonly mistaken: number;
  /** Share of what was judged not known that was taught wrong; null where nothing was. */
  readonly precision: number | null;
  /** Share of the facts taught wrong that were judged not known. */
  readonly recall: number;
}

/** Counts over `facts`; `isMistake` says by its place which fact was taught wrong. Null where none was. */
export const countFound = (
  facts: readonly Pick<AssessedFact, "index" | "known">[],
  isMistake: (index: number) => boolean,
): FoundMistakes | null => {
  const mistakes = facts.filter(({ index }) => isMistake(index));
  if (mistakes.length === 0) return null;
  const found = mistakes.filter(({ known }) => !known).length;
  const others = facts.length - mistakes.length;
  const unknown = facts.filter(({ known }) => !known).length;
  return {
    mistakes: mistakes.length,
    found,
    others,
    mistaken: unknown - found,
    precision: unknown === 0 ? null : found / unknown,
    recall: found / mistakes.length,
  };
};
