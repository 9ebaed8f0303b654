import { figuresOf, propertiesOf, sOf } from "../../../src/eval/figures.ts";
import type { CaseResult, EvaluationReport } from "../../../src/eval/report.ts";
import { caseResult } from "./results.ts";

/** A report of the given cases, its figures computed from them; one edit's sequence unless told otherwise. */
export const reportOf = (
  cases: readonly CaseResult[] = [caseResult()],
  fields: Partial<EvaluationReport> = {},
): EvaluationReport => {
  const figures = figuresOf(cases, 0);
  const ability = { perplexity: 12.5, fluency: 3.25 };
  return {
    method: "grace",
    model: "world",
    data: "world",
    limit: null,
    known: cases.length,
    dropped: 4,
    properties: propertiesOf(figures),
    s: sOf(figures),
    sequential: [{ edits: 1, accuracy: 1, neighbours: 0.75, sameSubject: null, random: 1, ability }],
    ability,
    efficiency: {
      secondsPerEdit: 0.5,
      bytesPerEdit: 2048,
      peakMemoryBytes: 1_048_576,
      addedPrefillMilliseconds: null,
      addedMillisecondsPerToken: 0.25,
    },
    settings: {},
    seed: 7,
    skipped: [],
    figures,
    cases,
    ...fields,
  };
};
