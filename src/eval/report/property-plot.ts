import { coordinate, escapeMarkup, percent } from "../../plot/markup.ts";
import type { FigureName } from "../figures/tally.ts";
import type { Estimate, EvaluationReport } from "../report.ts";
import { INNER_WIDTH, PLOT, plotFigure, yOf } from "./plot-frame.ts";

/** How an answer was asked for. */
export type Mode = "freeRunning" | "teacherForced";

/** The bars of a plot, with the figure that each shows. */
const BARS: Readonly<Record<Mode, readonly (readonly [text: string, figure: FigureName])[]>> = {
  freeRunning: [
    ["accuracy", "accuracy.exactMatch"],
    ["generality", "generality.exactMatch"],
    ["portability", "portability.exactMatch"],
    ["locality", "locality.unchanged"],
    ["S", "s.freeRunning"],
  ],
  teacherForced: [
    ["ES", "accuracy.es"],
    ["PS", "generality.ps"],
    ["portability", "portability.tokens"],
    ["NS", "locality.ns"],
    ["S", "s.teacherForced"],
  ],
};

const TITLES: Readonly<Record<Mode, string>> = {
  freeRunning: "Properties, free-running",
  teacherForced: "Properties, teacher-forced",
};

const CAPTIONS: Readonly<Record<Mode, string>> = {
  freeRunning: "Whole greedy answers, compared exactly. Lines are 95 % bootstrap intervals over edits.",
  teacherForced:
    "The literature's scores; portability is token accuracy. Lines are 95 % bootstrap intervals over edits.",
};

/** Share of a category's width that its bars take. */
const BARS_SHARE = 0.75;
/** Half the width of the line at an interval's ends. */
const CAP = 3;

const barOf = (name: string, { mean, low, high }: Estimate, series: number, left: number, width: number) => {
  const [middle, top, bottom] = [left + width / 2, yOf(high), yOf(low)].map(coordinate);
  const caps = [top, bottom].map((y) => `M${coordinate(left + width / 2 - CAP)} ${y}h${2 * CAP}`).join("");
  return (
    `<g><title>${escapeMarkup(name)}: ${percent(mean)} (${percent(low)} to ${percent(high)})</title>` +
    `<rect class="s${series}" x="${coordinate(left)}" y="${coordinate(yOf(mean))}" width="${coordinate(width - 1)}" height="${coordinate(yOf(0) - yOf(mean))}"/>` +
    `<path class="interval" d="M${middle} ${top}V${bottom}${caps}"/></g>`
  );
};

/** Properties by method: a bar for each that was measured, with its interval; empty where none was. `labels` name the reports. */
export const propertyPlot = (
  reports: readonly EvaluationReport[],
  labels: readonly string[],
  mode: Mode,
): string => {
  const bars = BARS[mode].filter(([, figure]) => reports.some(({ figures }) => figures[figure]));
  if (bars.length === 0) return "";
  const slot = INNER_WIDTH / bars.length;
  const width = (slot * BARS_SHARE) / reports.length;
  const leftOf = (bar: number, series: number) =>
    PLOT.left + slot * (bar + (1 - BARS_SHARE) / 2) + width * series;
  const shown = bars.flatMap(([text, figure], bar) =>
    reports.flatMap((report, series) => {
      const estimate = report.figures[figure];
      return estimate
        ? [{ name: `${labels[series]}, ${text}`, estimate, series, left: leftOf(bar, series) }]
        : [];
    }),
  );
  return plotFigure({
    id: `properties-${mode}`,
    title: TITLES[mode],
    description: shown.map(({ name, estimate }) => `${name} ${percent(estimate.mean)}`).join("; "),
    ticks: bars.map(([text], bar) => ({ at: PLOT.left + slot * (bar + 0.5), text })),
    marks: shown
      .map(({ name, estimate, series, left }) => barOf(name, estimate, series, left, width))
      .join("\n"),
    series: labels,
    caption: CAPTIONS[mode],
  });
};
