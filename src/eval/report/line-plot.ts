import { coordinate, escapeMarkup, percent } from "../../plot/markup.ts";
import type { Interval } from "../report.ts";
import { INNER_WIDTH, PLOT, plotFigure, yOf } from "./plot-frame.ts";

/** A line of shares. */
export interface Line {
  readonly name: string;
  /** With its confidence interval, where there is one. */
  readonly points: readonly (readonly [x: number, share: number, interval?: Interval | null])[];
}

/** A plot of lines over a logarithmic axis of positive numbers. */
export interface LinePlot {
  readonly id: string;
  readonly title: string;
  readonly lines: readonly Line[];
  readonly ticks: readonly (readonly [x: number, text: string])[];
  readonly caption: string;
  /** Marks each point and says its value: for few, measured points. */
  readonly dotted: boolean;
}

/** Room beside the first and the last tick, in the plot's units. */
const PADDING = 16;

/** Where a positive number stands on the logarithmic axis from `low` to `high`; in the middle of an axis of one. */
const scaleOf = (low: number, high: number) => (x: number) => {
  const share = low === high ? 0.5 : Math.log(x / low) / Math.log(high / low);
  return PLOT.left + PADDING + share * (INNER_WIDTH - 2 * PADDING);
};

const describe = ({ name, points }: Line): string =>
  `${name}: ${points.map(([x, share]) => `${percent(share)} at ${x}`).join(", ")}`;

/** A vertical line over each point's interval. */
const intervalsOf = ({ points }: Line, xOf: (x: number) => number): string => {
  const lines = points.flatMap(([x, , interval]) =>
    interval
      ? [`M${coordinate(xOf(x))} ${coordinate(yOf(interval.high))}V${coordinate(yOf(interval.low))}`]
      : [],
  );
  return lines.length === 0 ? "" : `<path class="interval" d="${lines.join("")}"/>`;
};

const markOf = (line: Line, series: number, dotted: boolean, xOf: (x: number) => number): string => {
  const places = line.points.map(([x, share]) => [coordinate(xOf(x)), coordinate(yOf(share))] as const);
  const path = places.map(([x, y], index) => `${index === 0 ? "M" : "L"}${x} ${y}`).join("");
  const dots = dotted
    ? line.points.map(
        ([x, share], index) =>
          `<circle class="s${series}" cx="${places[index]![0]}" cy="${places[index]![1]}" r="4"><title>${escapeMarkup(line.name)}: ${percent(share)} at ${x}</title></circle>`,
      )
    : [];
  return `<path class="line l${series}" d="${path}"/>${intervalsOf(line, xOf)}${dots.join("")}`;
};

/** Draws the lines; the axis spans the ticks and the points. */
export const linePlot = ({ id, title, lines, ticks, caption, dotted }: LinePlot): string => {
  const all = [...lines.flatMap(({ points }) => points.map(([x]) => x)), ...ticks.map(([x]) => x)];
  const xOf = scaleOf(Math.min(...all), Math.max(...all));
  return plotFigure({
    id,
    title,
    description: dotted ? lines.map(describe).join("; ") : caption,
    ticks: ticks.map(([x, text]) => ({ at: xOf(x), text })),
    marks: lines.map((line, series) => markOf(line, series, dotted, xOf)).join("\n"),
    series: lines.map(({ name }) => name),
    caption,
  });
};
