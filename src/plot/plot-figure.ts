import type { PlotArea } from "./axes.ts";
import { type LegendKind, legendOf } from "./legend.ts";
import { type Markup, markup } from "./markup.ts";

/** Size of a plot without its legend, in its own units; narrow, so that its text is readable on a phone. */
const SIZE = { width: 440, height: 280, left: 50, right: 12, top: 12, bottom: 36 } as const;

/** What a plot shows, in words. */
export interface FigureText {
  /** The page's own for it. */
  readonly id: string;
  readonly title: string;
  /** What a reader who does not see it is told. */
  readonly description: string;
  readonly caption: string;
  /** Names of the series, in the order of their colours. */
  readonly series: readonly string[];
  readonly kind: LegendKind;
}

/** A plot as a figure of a page: its title, its legend, what `draw` puts into the area below, and a caption. */
export const plotFigure = (
  { id, title, description, caption, series, kind }: FigureText,
  draw: (area: PlotArea) => Markup,
): Markup => {
  const legend = legendOf(series, kind, { left: SIZE.left, right: SIZE.width - SIZE.right, top: 0 });
  const area = { ...SIZE, height: SIZE.height + legend.height, top: SIZE.top + legend.height };
  return markup`<figure><h3>${title}</h3>
<svg viewBox="0 0 ${area.width} ${area.height}" role="img" aria-labelledby="${id}-title ${id}-description">
<title id="${id}-title">${title}</title><desc id="${id}-description">${description}</desc>
${legend.marks}
${draw(area)}
</svg><figcaption>${caption}</figcaption></figure>
`;
};
