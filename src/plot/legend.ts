import { type Markup, markup } from "./markup.ts";
import { coordinate } from "./numbers.ts";
import { textWidth } from "./text-width.ts";

/** Sizes of a legend's parts, in the picture's units. */
const ROW_HEIGHT = 20;
const SWATCH = { bars: 12, lines: 24 } as const;
const GAP = { text: 6, items: 18 } as const;

/** What the series look like: filled or drawn. */
export type LegendKind = keyof typeof SWATCH;

/** A legend and the height that it takes. */
export interface Legend {
  readonly marks: Markup;
  readonly height: number;
}

const swatch = (kind: LegendKind, series: number): Markup =>
  kind === "bars"
    ? markup`<path class="s${series}" d="M0 -10h12v12h-12z"/>`
    : markup`<path class="line l${series}" d="M0 -4h${SWATCH.lines}"/>`;

/** Names the series by their marks, row under row from (`left`, `top`) on; nothing for fewer than two. */
export const legendOf = (
  series: readonly string[],
  kind: LegendKind,
  { left, right, top }: { readonly left: number; readonly right: number; readonly top: number },
): Legend => {
  if (series.length < 2) return { marks: markup``, height: 0 };
  let [x, row] = [left, 1];
  const items = series.map((name, index) => {
    const width = SWATCH[kind] + GAP.text + textWidth(name);
    if (x > left && x + width > right) [x, row] = [left, row + 1];
    const at = `translate(${coordinate(x)} ${top + row * ROW_HEIGHT - GAP.text})`;
    x += width + GAP.items;
    return markup`<g transform="${at}">${swatch(kind, index)}<text x="${SWATCH[kind] + GAP.text}">${name}</text></g>`;
  });
  return { marks: markup`${items}`, height: row * ROW_HEIGHT };
};
