import { counted } from "../../core/counted.ts";
import type { AssessedFact, AssessedFacts } from "../../eval/assess/assess-facts.ts";
import type { FoundMistakes } from "../../eval/assess/found-mistakes.ts";
import type { LikelihoodName } from "../../eval/assess/knowledge-score.ts";
import { percent } from "../../plot/numbers.ts";
import type { Style } from "../style.ts";
import { formatTable } from "../table.ts";

const HEADINGS = ["CKA", "RELATIONS", "OBJECTS", "P", "VERDICT", "PROMPT", "FACT", "THE MODEL SAYS"];

const shown = (value: number | undefined): string =>
  value === undefined ? "-" : value >= 1e4 || value < 1e-3 ? value.toExponential(1) : value.toPrecision(3);

const rowOf = (
  { score, relations, objects, likelihood, known, fact, answer }: AssessedFact,
  name: LikelihoodName,
  style: Style,
) => [
  shown(score ?? undefined),
  shown(relations?.[name]),
  shown(objects?.[name]),
  shown(likelihood[name]),
  known ? style.good("known") : style.bad("not known"),
  fact.prompt,
  fact.target.trim(),
  answer,
];

const foundLine = ({ mistakes, found, others, mistaken, precision, recall }: FoundMistakes): string =>
  `Of ${counted(mistakes, "fact")} marked as taught wrong, ${found} found (recall ${percent(recall)}); of ` +
  `${counted(others, "other")}, ${mistaken} judged not known` +
  `${precision === null ? "." : ` (precision ${percent(precision)}).`}`;

/** What people read: every fact, the least known first, and the counts. */
export const describeAssessment = (
  { facts, unfit }: AssessedFacts,
  shownFacts: readonly AssessedFact[],
  found: FoundMistakes | null,
  name: LikelihoodName,
  style: Style,
): string => {
  const unknown = facts.filter(({ known }) => !known).length;
  const table = formatTable(
    HEADINGS,
    shownFacts.map((fact) => rowOf(fact, name, style)),
    style.faint,
  );
  return [
    ...(shownFacts.length === 0 ? [] : [table, ""]),
    `${unknown} of ${counted(facts.length, "fact")} not known.`,
    ...(found === null ? [] : [foundLine(found)]),
    ...unfit.map(({ prompt }) => `Left out, as it does not fit the model's context: "${prompt}"`),
  ].join("\n");
};
