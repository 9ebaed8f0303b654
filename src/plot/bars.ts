import { bottomLabels, type GroupLabel, type PlotArea, shareGrid, upOf, wholeBand } from "./axes.ts";
import { type Markup, markup } from "./markup.ts";
import { coordinate, percent } from "./numbers.ts";
import { type Band, bandsIn, linearScale, type Scale } from "./scale.ts";
import { textWidth } from "./text-width.ts";

/** A share from 0 to 1. */
export interface Bar {
  readonly name: string;
  readonly share: number;
  /** Its confidence interval, where there is one. */
  readonly interval?: { readonly low: number; readonly high: number };
  readonly pale?: boolean;
}

/** Bars side by side, one a series in the order of their colours; null where a series has none. */
export interface BarGroup extends GroupLabel {
  readonly bars: readonly (Bar | null)[];
}

/** Half the width of the line at an interval's ends. */
const CAP = 3;

const intervalOf = ({ interval }: Bar, middle: number, y: Scale): Markup | null => {
  if (interval === undefined) return null;
  const [x, top, bottom] = [middle, y(interval.high), y(interval.low)].map(coordinate);
  const caps = [top, bottom].map((end) => `M${coordinate(middle - CAP)} ${end}h${2 * CAP}`).join("");
  return markup`<path class="interval" d="M${x} ${top}V${bottom}${caps}"/>`;
};

/** The share over its bar, where it has room there. */
const shareOver = ({ share }: Bar, { left, width }: Band, y: Scale): Markup | null =>
  textWidth(percent(share)) > width
    ? null
    : markup`<text class="value" x="${coordinate(left + width / 2)}" y="${coordinate(y(share) - 5)}" text-anchor="middle">${percent(share)}</text>`;

const barOf = (bar: Bar, series: number, { left, width }: Band, gap: number, y: Scale): Markup => {
  const { name, share, interval, pale } = bar;
  const between = interval ? ` (${percent(interval.low)} to ${percent(interval.high)})` : "";
  const opacity = pale ? markup` fill-opacity=".35"` : null;
  return markup`<g><title>${name}: ${percent(share)}${between}</title><rect class="s${series}"${opacity} x="${coordinate(left)}" y="${coordinate(y(share))}" width="${coordinate(width - gap)}" height="${coordinate(y(0) - y(share))}"/>${intervalOf(bar, left + width / 2, y) ?? shareOver(bar, { left, width }, y)}</g>
`;
};

/**
 * Draws groups of bars over an axis from 0 to 100 %, each group filling that share of its place. A bar without an
 * interval has its share written over it.
 */
export const barsOf = (area: PlotArea, groups: readonly BarGroup[], filled: number): Markup => {
  const y = linearScale([0, 1], upOf(area));
  const places = bandsIn(wholeBand(area), groups.length, filled);
  const drawn = groups.map(({ bars }, group) => {
    const bands = bandsIn(places[group]!, bars.length);
    const gap = bars.length > 1 ? 1 : 0;
    return bars.map((bar, series) => bar && barOf(bar, series, bands[series]!, gap, y));
  });
  return markup`${shareGrid(area, y)}
${bottomLabels(area, groups)}
${drawn}`;
};
