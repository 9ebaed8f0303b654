import { bottomLabels, type GroupLabel, horizontalGrid, type PlotArea, upOf, wholeBand } from "./axes.ts";
import { type Markup, markup } from "./markup.ts";
import { coordinate } from "./numbers.ts";
import { type Band, bandsIn, linearScale, roundTicks, type Scale } from "./scale.ts";

/** A set of values as quantiles: a line from the lowest to the highest, a box of the middle half, the median as a cut. */
export interface Box {
  readonly name: string;
  readonly low: number;
  readonly lower: number;
  readonly median: number;
  readonly upper: number;
  readonly high: number;
}

/** Boxes side by side, one a series in the order of their colours, and a value across them. */
export interface BoxGroup extends GroupLabel {
  readonly boxes: readonly Box[];
  readonly across: { readonly name: string; readonly value: number };
}

const boxOf = (box: Box, series: number, { left, width }: Band, y: Scale): Markup => {
  const [low, lower, median, upper, high] = [box.low, box.lower, box.median, box.upper, box.high].map(
    (value) => coordinate(y(value)),
  ) as [number, number, number, number, number];
  const [from, wide] = [coordinate(left), coordinate(Math.max(1, width - 2))];
  return markup`<g><title>${box.name}: median ${box.median.toFixed(2)}, half of them ${box.lower.toFixed(2)} to ${box.upper.toFixed(2)}</title><path class="l${series}" d="M${coordinate(left + width / 2)} ${low}V${high}"/><rect class="s${series}" fill-opacity=".75" x="${from}" y="${upper}" width="${wide}" height="${coordinate(lower - upper)}"/><path class="mark" d="M${from} ${median}h${wide}"/></g>
`;
};

const lineOver = ({ name, value }: BoxGroup["across"], { left, width }: Band, y: Scale): Markup =>
  markup`<path class="mark dashed" d="M${coordinate(left)} ${coordinate(y(value))}h${coordinate(width)}"><title>${name} ${value}</title></path>
`;

/** Draws groups of boxes over an axis from 0 to the highest value, each group filling that share of its place. */
export const boxesOf = (area: PlotArea, groups: readonly BoxGroup[], filled: number): Markup => {
  const values = groups.flatMap(({ boxes, across }) => [across.value, ...boxes.map(({ high }) => high)]);
  const top = Math.max(1e-6, ...values);
  const y = linearScale([0, top], upOf(area));
  const places = bandsIn(wholeBand(area), groups.length, filled);
  const drawn = groups.map(({ boxes, across }, group) => {
    const bands = bandsIn(places[group]!, boxes.length);
    return [
      ...boxes.map((box, series) => boxOf(box, series, bands[series]!, y)),
      lineOver(across, places[group]!, y),
    ];
  });
  return markup`${horizontalGrid(area, y, roundTicks(0, top))}
${bottomLabels(area, groups)}
${drawn}`;
};
