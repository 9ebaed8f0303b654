import { counted } from "../../core/counted.ts";
import type {
  CaseResult,
  Estimate,
  EvaluationReport,
  InBothModes,
  Interval,
  SequentialPoint,
} from "../../eval/report.ts";
import type { Style } from "../style.ts";
import { formatBytes, formatFields, formatTable } from "../table.ts";

const interval = (estimate: Estimate | null | undefined): string =>
  estimate
    ? `${estimate.mean.toFixed(3)} (${estimate.low.toFixed(3)} to ${estimate.high.toFixed(3)})`
    : "not measured";

const share = (value: number | null): string => (value === null ? "not measured" : value.toFixed(3));

/** How many prompts a figure is a mean over. */
const asked = ({ cases }: EvaluationReport, promptsOf: (result: CaseResult) => number): string =>
  String(cases.reduce((sum, result) => sum + promptsOf(result), 0));

const propertyRow = (name: string, prompts: string, property: InBothModes | null): readonly string[] => [
  name,
  prompts,
  interval(property?.freeRunning),
  interval(property?.teacherForced),
];

/** A figure with the interval that stands beside it. */
const withInterval = (
  value: number | null,
  between: Interval | null,
  write: (value: number) => string,
): string => {
  if (value === null) return "not measured";
  return between === null
    ? write(value)
    : `${write(value)} (${write(between.low)} to ${write(between.high)})`;
};

const inThreeDecimals = (value: number): string => value.toFixed(3);

const pointRow = ({ intervals, ability, ...point }: SequentialPoint): readonly string[] => [
  String(point.edits),
  withInterval(point.accuracy, intervals.accuracy, inThreeDecimals),
  withInterval(point.neighbours, intervals.neighbours, inThreeDecimals),
  withInterval(point.sameSubject, intervals.sameSubject, inThreeDecimals),
  withInterval(point.random, intervals.random, inThreeDecimals),
  withInterval(ability.perplexity, null, (value) => value.toFixed(1)),
];

/** What the points of the sequence are to be compared with. */
const uneditedRow = ({ ability }: EvaluationReport): readonly string[] => [
  ...["0", "", "", "", ""],
  withInterval(ability.perplexity, null, (value) => value.toFixed(1)),
];

const groupRow = (report: EvaluationReport, name: "neighbours" | "sameSubject" | "random") => [
  `  ${name}`,
  asked(report, ({ locality }) => locality[name].length),
  interval(report.figures[`locality.${name}`]),
  "",
];

const propertyTable = (report: EvaluationReport, style: Style): string => {
  const { properties, figures, s } = report;
  const one = () => 1;
  const phrasings = (seen: boolean) =>
    asked(
      report,
      ({ generality }) => generality.filter(({ seenInTraining }) => seenInTraining === seen).length,
    );
  const rows = [
    propertyRow("accuracy", asked(report, one), properties.accuracy),
    propertyRow(
      "generality",
      asked(report, ({ generality }) => generality.length),
      properties.generality,
    ),
    ["  phrasings seen in training", phrasings(true), interval(figures["generality.seen"]), ""],
    ["  phrasings held out", phrasings(false), interval(figures["generality.heldOut"]), ""],
    propertyRow(
      "portability",
      asked(report, ({ portability }) => portability.length),
      properties.portability,
    ),
    propertyRow("locality", "", properties.locality),
    groupRow(report, "neighbours"),
    groupRow(report, "sameSubject"),
    groupRow(report, "random"),
    ["S", "", share(s.freeRunning), share(s.teacherForced)],
  ];
  return formatTable(["PROPERTY", "PROMPTS", "FREE-RUNNING", "TEACHER-FORCED"], rows, style.faint);
};

const milliseconds = (value: number): string => `${value.toFixed(2)} ms`;

const seconds = (value: number): string => `${value.toFixed(3)} s`;

const efficiencyFields = ({ efficiency }: EvaluationReport): string => {
  const { intervals } = efficiency;
  const cost = (name: keyof typeof intervals, write: (value: number) => string) =>
    withInterval(efficiency[name], intervals[name], write);
  const shared = efficiency.workers === 1 ? "" : `, ${efficiency.workers} workers sharing the machine`;
  return formatFields([
    ["time per edit", `${cost("secondsPerEdit", seconds)}${shared}`],
    ["bytes per edit", cost("bytesPerEdit", formatBytes)],
    ["peak memory", formatBytes(efficiency.peakMemoryBytes)],
    ["added to a prefill", cost("addedPrefillMilliseconds", milliseconds)],
    ["added to a token", cost("addedMillisecondsPerToken", milliseconds)],
  ]);
};

/** What people read at the end of an evaluation: the properties, the sequence, the costs. */
export const describeReport = (report: EvaluationReport, style: Style): string => {
  const { method, model, data, known, batch, dropped } = report;
  const together = batch === 1 ? "" : `, ${batch} at a time`;
  const points = formatTable(
    ["EDITS", "ACCURACY", "NEIGHBOURS", "SAME SUBJECT", "RANDOM", "PERPLEXITY"],
    [uneditedRow(report), ...report.sequential.map(pointRow)],
    style.faint,
  );
  return [
    `${method} on ${model}, ${data}: ${counted(known, "edit")}${together}; ${dropped} dropped, which the model does not know.`,
    propertyTable(report, style),
    report.sequential.length === 0 ? "" : points,
    efficiencyFields(report),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
};
