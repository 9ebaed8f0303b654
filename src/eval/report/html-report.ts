import { type Markup, markup } from "../../plot/markup.ts";
import { htmlPage } from "../../plot/page.ts";
import { MAX_SERIES } from "../../plot/palette.ts";
import type { EvaluationReport } from "../report.ts";
import { CASE_SCRIPT, CASE_STYLE, caseTable } from "./case-table.ts";
import { costTable, figureTable } from "./figure-tables.ts";
import { MODES, propertyPlot } from "./property-plot.ts";
import { radiusPlots } from "./radius-plots.ts";
import { reportLabels } from "./report-labels.ts";
import { retentionPlots } from "./retention-plots.ts";

/** Most reports on one page: as many as there are colours that can be told apart. */
export const MAX_COMPARED = MAX_SERIES;

const LIST = new Intl.ListFormat("en", { type: "conjunction" });

const settingsOf = ({ settings }: EvaluationReport): string => {
  const given = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  return given.length === 0 ? "default settings" : given.join(", ");
};

const aboutReport = (report: EvaluationReport): Markup => {
  const { method, model, data, known, batch, dropped, seed } = report;
  const together = batch === 1 ? "" : `, ${batch} at a time`;
  return markup`<p>${method} on ${model}, ${data}: ${known} edits${together}, ${dropped} left out because the model does not know the fact; ${settingsOf(report)}, seed ${seed}.</p>
`;
};

const plotsOf = (reports: readonly EvaluationReport[], labels: readonly string[]): Markup | null => {
  const plots = [
    ...MODES.flatMap((mode) => propertyPlot(reports, labels, mode) ?? []),
    ...retentionPlots(reports, labels),
    ...radiusPlots(reports, labels),
  ];
  return plots.length === 0 ? null : markup`<h2>Properties</h2><div class="plots">\n${plots}</div>\n`;
};

const skippedOf = (reports: readonly EvaluationReport[]): Markup | null => {
  const items = reports.flatMap(({ data, skipped }) =>
    skipped.map(({ line, reason }) => markup`<li>${data}, record ${line}: ${reason}</li>\n`),
  );
  return items.length === 0 ? null : markup`<h2>Malformed records, left out</h2><ul>${items}</ul>\n`;
};

/**
 * A report, or several side by side, as one HTML page that needs nothing else: properties by method with intervals,
 * retention against T, locality against radius, every figure with its definition, every prompt with the text before
 * and after; what was not measured has no part in it. At most `MAX_COMPARED` reports. Deterministic from the reports.
 */
export const htmlReport = (reports: readonly EvaluationReport[]): string => {
  const labels = reportLabels(reports);
  const figures = figureTable(reports, labels);
  const cases = caseTable(reports, labels);
  return htmlPage({
    title: `Evaluation: ${LIST.format(labels)}`,
    style: CASE_STYLE,
    script: cases ? CASE_SCRIPT : "",
    header: markup`${reports.map(aboutReport)}`,
    main: markup`${plotsOf(reports, labels)}<h2>Cost and ability</h2>${costTable(reports, labels)}
${figures && markup`<h2>Every figure</h2><p>Means with 95 % bootstrap intervals over edits (1,000 resamples, a fixed seed).</p>${figures}\n`}${skippedOf(reports)}${cases && markup`<h2>Every prompt</h2>${cases}\n`}`,
  });
};
