import type { Estimate, EvaluationReport, InBothModes, SequentialPoint } from "../../eval/report.ts";
import type { Style } from "../style.ts";
import { counted, formatBytes, formatFields, formatTable } from "../table.ts";

const interval = (estimate: Estimate | null | undefined): string =>
  estimate
    ? `${estimate.mean.toFixed(3)} (${estimate.low.toFixed(3)} to ${estimate.high.toFixed(3)})`
    : "not measured";

const share = (value: number | null): string => (value === null ? "not measured" : value.toFixed(3));

const propertyRow = (name: string, property: InBothModes | null): readonly string[] => [
  name,
  interval(property?.freeRunning),
  interval(property?.teacherForced),
];

const pointRow = (point: SequentialPoint): readonly string[] => [
  String(point.edits),
  share(point.accuracy),
  share(point.neighbours),
  share(point.sameSubject),
  share(point.random),
  point.ability.perplexity?.toFixed(1) ?? "not measured",
];

const groupRow = (report: EvaluationReport, name: "neighbours" | "sameSubject" | "random") => [
  `  ${name}`,
  interval(report.figures[`locality.${name}`]),
  "",
];

const propertyTable = (report: EvaluationReport, style: Style): string => {
  const { properties, figures, s } = report;
  const rows = [
    propertyRow("accuracy", properties.accuracy),
    propertyRow("generality", properties.generality),
    ["  phrasings seen in training", interval(figures["generality.seen"]), ""],
    ["  phrasings held out", interval(figures["generality.heldOut"]), ""],
    propertyRow("portability", properties.portability),
    propertyRow("locality", properties.locality),
    groupRow(report, "neighbours"),
    groupRow(report, "sameSubject"),
    groupRow(report, "random"),
    ["S", share(s.freeRunning), share(s.teacherForced)],
  ];
  return formatTable(["PROPERTY", "FREE-RUNNING", "TEACHER-FORCED"], rows, style.faint);
};

const milliseconds = (value: number | null): string =>
  value === null ? "not told" : `${value.toFixed(2)} ms`;

const efficiencyFields = ({ efficiency }: EvaluationReport): string =>
  formatFields([
    ["time per edit", `${efficiency.secondsPerEdit?.toFixed(3) ?? "not measured"} s`],
    ["bytes per edit", formatBytes(efficiency.bytesPerEdit ?? 0)],
    ["peak memory", formatBytes(efficiency.peakMemoryBytes)],
    ["added to a prefill", milliseconds(efficiency.addedPrefillMilliseconds)],
    ["added to a token", milliseconds(efficiency.addedMillisecondsPerToken)],
  ]);

/** What people read at the end of an evaluation: the properties, the sequence, the costs. */
export const describeReport = (report: EvaluationReport, style: Style): string => {
  const { method, model, data, known, dropped } = report;
  const points = formatTable(
    ["EDITS", "ACCURACY", "NEIGHBOURS", "SAME SUBJECT", "RANDOM", "PERPLEXITY"],
    report.sequential.map(pointRow),
    style.faint,
  );
  return [
    `${method} on ${model}, ${data}: ${counted(known, "edit")}; ${dropped} dropped, which the model does not know.`,
    propertyTable(report, style),
    report.sequential.length === 0 ? "" : points,
    efficiencyFields(report),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
};
