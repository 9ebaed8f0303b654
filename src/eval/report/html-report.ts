import { escapeMarkup } from "../../plot/markup.ts";
import type { EvaluationReport } from "../report.ts";
import { CASE_SCRIPT, caseTable } from "./case-table.ts";
import { costTable, figureTable } from "./figure-tables.ts";
import { type Line, linePlot } from "./line-plot.ts";
import { PAGE_STYLE } from "./page-style.ts";
import { propertyPlot } from "./property-plot.ts";
import { radiusCurves } from "./radius-curve.ts";
import { reportLabels } from "./report-labels.ts";

/** Nothing is fetched: no script, style, font or image but the page's own. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

const RADIUS_TICKS = [
  [0.1, "0.1"],
  [0.3, "0.3"],
  [1, "as measured"],
  [3, "3"],
  [10, "10"],
] as const;

const retentionPlot = (id: string, title: string, caption: string, lines: readonly Line[]): string => {
  const measured = lines.filter(({ points }) => points.length > 0);
  if (measured.length === 0) return "";
  const edits = new Set(measured.flatMap(({ points }) => points.map(([x]) => x)));
  const ticks = [...edits].map((count) => [count, String(count)] as const);
  return linePlot({ id, title, lines: measured, ticks, caption, dotted: true });
};

/** What a sequence kept: all its edits for one report or several; every locality group where there is but one. */
const retentionPlots = (reports: readonly EvaluationReport[], labels: readonly string[]): string => {
  const lineOf = (
    index: number,
    name: string,
    figure: "accuracy" | "neighbours" | "sameSubject" | "random",
  ) => ({
    name,
    points: reports[index]!.sequential.flatMap((point) => {
      const share = point[figure];
      return share === null ? [] : [[point.edits, share, point.intervals[figure]] as const];
    }),
  });
  const locality =
    reports.length === 1
      ? [
          lineOf(0, "neighbours", "neighbours"),
          lineOf(0, "same subject", "sameSubject"),
          lineOf(0, "random", "random"),
        ]
      : labels.map((label, index) => lineOf(index, label, "neighbours"));
  const asked = reports.length === 1 ? "Prompts" : "Neighbours' prompts";
  return (
    retentionPlot(
      "retention",
      "Retention against T edits",
      "Share of all edits so far whose prompt gets the target, asked of the model that carries all T of them. Lines are 95 % bootstrap intervals.",
      labels.map((label, index) => lineOf(index, label, "accuracy")),
    ) +
    retentionPlot(
      "sequential-locality",
      "Locality against T edits",
      `${asked} whose whole answer is as before any edit, asked of the model that carries all T edits.`,
      locality,
    )
  );
};

const radiusPlots = (reports: readonly EvaluationReport[], labels: readonly string[]): string =>
  reports
    .map((report, index) => {
      const lines = radiusCurves(report);
      if (lines.length === 0) return "";
      return linePlot({
        id: `radius-${index}`,
        title: reports.length === 1 ? "Locality against radius" : `Locality against radius: ${labels[index]}`,
        lines,
        ticks: RADIUS_TICKS,
        caption:
          "From each prompt's measured distance to its nearest key: the share that would be reached, or left alone, had every radius been multiplied by the factor.",
        dotted: false,
      });
    })
    .join("\n");

const settingsOf = ({ settings }: EvaluationReport): string => {
  const given = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  return given.length === 0 ? "default settings" : given.join(", ");
};

const aboutReport = (report: EvaluationReport): string => {
  const { method, model, data, known, batch, dropped, seed } = report;
  const together = batch === 1 ? "" : `, ${batch} at a time`;
  const text = `${method} on ${model}, ${data}: ${known} edits${together}, ${dropped} left out because the model does not know the fact; ${settingsOf(report)}, seed ${seed}.`;
  return `<p>${escapeMarkup(text)}</p>`;
};

const skippedOf = (reports: readonly EvaluationReport[]): string => {
  const items = reports.flatMap(({ data, skipped }) =>
    skipped.map(({ line, reason }) => `<li>${escapeMarkup(`${data}, record ${line}: ${reason}`)}</li>`),
  );
  return items.length === 0 ? "" : `<h2>Malformed records, left out</h2><ul>${items.join("\n")}</ul>`;
};

/**
 * A report, or several side by side, as one HTML page that needs nothing else: properties by method with intervals,
 * retention against T, locality against radius, every figure with its definition, every prompt with the text before
 * and after. At most `MAX_COMPARED` reports. Deterministic from the reports.
 */
export const htmlReport = (reports: readonly EvaluationReport[]): string => {
  const labels = reportLabels(reports);
  const title = `Evaluation: ${labels.join(" and ")}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${escapeMarkup(title)}</title><style>${PAGE_STYLE}</style></head>
<body><header><h1>${escapeMarkup(title)}</h1>${reports.map(aboutReport).join("\n")}</header>
<main><h2>Properties</h2><div class="plots">
${propertyPlot(reports, labels, "freeRunning")}
${propertyPlot(reports, labels, "teacherForced")}
${retentionPlots(reports, labels)}
${radiusPlots(reports, labels)}
</div>
<h2>Cost and ability</h2>${costTable(reports, labels)}
<h2>Every figure</h2><p>Means with 95 % bootstrap intervals over edits (1,000 resamples, a fixed seed).</p>${figureTable(reports, labels)}
${skippedOf(reports)}
<h2>Every prompt</h2>${caseTable(reports, labels)}
</main><script>${CASE_SCRIPT}</script></body></html>
`;
};
