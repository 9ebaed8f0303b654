import type { EvaluationReport } from "../report.ts";

const settingsOf = ({ settings }: EvaluationReport): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");

/** Ways to tell reports apart, the shortest first. */
const WAYS: readonly ((report: EvaluationReport, index: number) => string)[] = [
  ({ method }) => method,
  ({ method, batch }) => `${method}, batches of ${batch}`,
  (report) => `${report.method} ${settingsOf(report)}`.trim(),
  ({ method, model, data }) => `${method}, ${model}, ${data}`,
  ({ method }, index) => `${method} (${index + 1})`,
];

/** A name for each report, no two alike: by method, else by size of batches, else by settings, else by model and data, else by number. */
export const reportLabels = (reports: readonly EvaluationReport[]): readonly string[] => {
  const names = WAYS.map((way) => reports.map(way));
  return names.find((labels) => new Set(labels).size === reports.length)!;
};
