import { coordinate, escapeMarkup } from "./markup.ts";

/** Size of every plot, in its own units; narrow, so that its text is readable on a phone. */
export const PLOT = { width: 440, height: 280, left: 50, right: 12, top: 12, bottom: 36 } as const;

/** Where a share of 0 to 1 stands. */
export const yOf = (share: number): number =>
  PLOT.height - PLOT.bottom - share * (PLOT.height - PLOT.top - PLOT.bottom);

/** Width between the axes. */
export const INNER_WIDTH = PLOT.width - PLOT.left - PLOT.right;

const GRID: readonly number[] = [0, 0.25, 0.5, 0.75, 1];

const gridLine = (share: number): string => {
  const y = coordinate(yOf(share));
  return (
    `<line class="grid" x1="${PLOT.left}" x2="${PLOT.width - PLOT.right}" y1="${y}" y2="${y}"/>` +
    `<text x="${PLOT.left - 6}" y="${y}" dy="4" text-anchor="end">${share * 100} %</text>`
  );
};

/** A label under the horizontal axis. */
export interface Tick {
  readonly x: number;
  readonly text: string;
}

const tickLabel = ({ x, text }: Tick): string =>
  `<text x="${coordinate(x)}" y="${PLOT.height - PLOT.bottom + 18}" text-anchor="middle">${escapeMarkup(text)}</text>`;

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
${GRID.map(gridLine).join("")}
${ticks.map(tickLabel).join("")}
${marks}
</svg><figcaption>${escapeMarkup(caption)}</figcaption></figure>`;
