import type { CaseResult, LocalityResult, TargetedResult } from "../report.ts";

/** One prompt of one case, as the table of cases shows it. */
export interface CaseRow {
  readonly id: string;
  readonly property: "accuracy" | "given" | "generality" | "portability" | "locality";
  /** What sort of prompt it is within its property. */
  readonly sort: string;
  readonly prompt: string;
  /** What should be answered; for locality what was answered before. */
  readonly expected: string;
  readonly before: string;
  readonly after: string;
  /** Whether the answer is as it should be. */
  readonly holds: boolean;
  /** Distance to the nearest key over its radius: at most 1 where the key was used. */
  readonly reach: number | null;
}

const reachOf = ({ nearest }: TargetedResult | LocalityResult): number | null =>
  nearest === null ? null : nearest.distance / nearest.radius;

const targetedRow = (
  id: string,
  property: CaseRow["property"],
  sort: string,
  result: TargetedResult,
): CaseRow => {
  const { prompt, expected, before, after, correct } = result;
  return { id, property, sort, prompt, expected, before, after, holds: correct, reach: reachOf(result) };
};

const localityRow =
  (id: string, group: string) =>
  (result: LocalityResult): CaseRow => {
    const { prompt, before, after, unchanged, object } = result;
    const sort = object === undefined ? group : `${group}, ${object} object`;
    return {
      id,
      property: "locality",
      sort,
      prompt,
      expected: before,
      before,
      after,
      holds: unchanged,
      reach: reachOf(result),
    };
  };

const SEEN = { true: "seen in training", false: "held out", null: "not given" } as const;

/** Every prompt of a case with the text before and after. */
export const caseRows = ({
  id,
  accuracy,
  given,
  generality,
  portability,
  locality,
}: CaseResult): readonly CaseRow[] => [
  targetedRow(id, "accuracy", "prompt", accuracy),
  ...given.map((result) => targetedRow(id, "given", "paraphrase given", result)),
  ...generality.map((result) => targetedRow(id, "generality", SEEN[`${result.seenInTraining}`], result)),
  ...portability.map((result) => targetedRow(id, "portability", result.kind, result)),
  ...locality.neighbours.map(localityRow(id, "neighbour")),
  ...locality.sameSubject.map(localityRow(id, "same subject")),
  ...locality.random.map(localityRow(id, "random")),
];
