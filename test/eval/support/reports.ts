import { figuresOf, propertiesOf, sOf } from "../../../src/eval/figures/figures.ts";
import type { CaseResult, EvaluationReport } from "../../../src/eval/report.ts";
import { caseResult } from "./results.ts";

/** A report of the given cases, its figures computed from them; one edit's sequence unless told otherwise. */
export const reportOf = (
  cases: readonly CaseResult[] = [caseResult()],
  fields: Partial<EvaluationReport> = {},
): EvaluationReport => {
  const figures = figuresOf(cases, 0);
  const between = (low: number, high: number) => ({ low, high });
  const ability = {
    perplexity: 12.5,
    fluency: 3.25,
    intervals: { perplexity: between(11, 14), fluency: between(3, 3.5) },
  };
  return {
    method: "grace",
    model: "world",
    data: "world",
    limit: null,
    batch: 1,
    known: cases.length,
    dropped: 4,
    properties: propertiesOf(figures),
    s: sOf(figures),
    sequential: [
      {
        edits: 1,
        accuracy: 1,
        neighbours: 0.75,
        sameSubject: null,
        random: 1,
        intervals: {
          accuracy: between(1, 1),
          neighbours: between(0.5, 1),
          sameSubject: null,
          random: between(1, 1),
        },
        ability,
      },
    ],
    ability,
    efficiency: {
      secondsPerEdit: 0.5,
      bytesPerEdit: 2048,
      peakMemoryBytes: 1_048_576,
      workers: 1,
      addedPrefillMilliseconds: null,
      addedMillisecondsPerToken: 0.25,
      intervals: {
        secondsPerEdit: between(0.4, 0.6),
        bytesPerEdit: between(2000, 2100),
        addedPrefillMilliseconds: null,
        addedMillisecondsPerToken: between(0.2, 0.3),
      },
    },
    settings: {},
    seed: 7,
    skipped: [],
    figures,
    cases,
    ...fields,
  };
};
