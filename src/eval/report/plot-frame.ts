import { escapeMarkup } from "../../plot/markup.ts";
import { plotGrid, plotTicks, type Tick, yScale } from "../../plot/plot-frame.ts";

/** Size of every plot, in its own units; narrow, so that its text is readable on a phone. */
export const PLOT = { width: 440, height: 280, left: 50, right: 12, top: 12, bottom: 36 } as const;

/** Where a share of 0 to 1 stands. */
export const yOf = yScale(PLOT, 0, 1);

/** Width between the axes. */
export const INNER_WIDTH = PLOT.width - PLOT.left - PLOT.right;

const GRID: readonly Tick[] = [0, 0.25, 0.5, 0.75, 1].map((share) => ({
  at: yOf(share),
  text: `${share * 100} %`,
}));

/** What a plot shows, in words and in marks. */
export interface PlotParts {
  readonly id: string;
  readonly title: string;
  /** What a reader who does not see it is told. */
  readonly description: string;
  readonly ticks: readonly Tick[];
  /** SVG elements. */
  readonly marks: string;
  /** Names of the series, in the order of their colours. */
  readonly series: readonly string[];
  readonly caption: string;
}

const legend = (series: readonly string[]): string =>
  series.length < 2
    ? ""
    : `<ul class="legend">${series
        .map((name, index) => `<li><span class="swatch s${index}"></span>${escapeMarkup(name)}</li>`)
        .join("")}</ul>`;

/** A plot of shares as a figure with caption and legend: inline SVG with a title and a description. */
export const plotFigure = ({ id, title, description, ticks, marks, series, caption }: PlotParts): string =>
  `<figure><h3>${escapeMarkup(title)}</h3>${legend(series)}
<svg viewBox="0 0 ${PLOT.width} ${PLOT.height}" role="img" aria-labelledby="${id}-title ${id}-description">
<title id="${id}-title">${escapeMarkup(title)}</title><desc id="${id}-description">${escapeMarkup(description)}</desc>
${plotGrid(PLOT, GRID)}
${plotTicks(PLOT, ticks)}
${marks}
</svg><figcaption>${escapeMarkup(caption)}</figcaption></figure>`;
