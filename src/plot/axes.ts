import { type Markup, markup } from "./markup.ts";
import { coordinate } from "./numbers.ts";
import { type Band, bandsIn, type Scale, type Span } from "./scale.ts";
import { textWidth } from "./text-width.ts";

/** Where a plot stands in its picture, and the room around its axes, in the picture's units. */
export interface PlotArea {
  readonly width: number;
  /** From the picture's top to the end of the plot's lower margin. */
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A label at a place of an axis, in the picture's units. */
export interface Tick {
  readonly at: number;
  readonly text: string;
}

/** What stands under a group of marks, and what stands there where that is too wide. */
export interface GroupLabel {
  readonly text: string;
  readonly short?: string;
}

/** Room between an axis and its labels, and between two labels. */
const GAP = { x: 18, y: 6, labels: 6 } as const;

/** The horizontal axis, from left to right. */
export const acrossOf = ({ width, left, right }: PlotArea): Span => [left, width - right];

/** The vertical axis, from the bottom up. */
export const upOf = ({ height, top, bottom }: PlotArea): Span => [height - bottom, top];

/** The band that the whole plot is. */
export const wholeBand = ({ width, left, right }: PlotArea): Band => ({ left, width: width - left - right });

/** A line of the grid at each of `values` on the vertical axis, with its label. */
export const horizontalGrid = (
  area: PlotArea,
  y: Scale,
  values: readonly number[],
  write: (value: number) => string = String,
): Markup => {
  const [left, right] = acrossOf(area);
  return markup`${values.map((value) => {
    const at = coordinate(y(value));
    return markup`<line class="grid" x1="${left}" x2="${right}" y1="${at}" y2="${at}"/><text x="${left - GAP.y}" y="${at}" dy="4" text-anchor="end">${write(value)}</text>`;
  })}`;
};

/** The shares of an axis from 0 to 1. */
export const shareGrid = (area: PlotArea, y: Scale): Markup =>
  horizontalGrid(area, y, [0, 0.25, 0.5, 0.75, 1], (share) => `${share * 100} %`);

const apart = (one: Tick, other: Tick): boolean =>
  Math.abs(one.at - other.at) >= (textWidth(one.text) + textWidth(other.text)) / 2 + GAP.labels;

/** The ticks that have room beside each other, in their order: the first, the last, then from left to right. */
export const ticksThatFit = (ticks: readonly Tick[]): readonly Tick[] => {
  const kept = new Set<Tick>();
  for (const tick of [...ticks.slice(0, 1), ...ticks.slice(-1), ...ticks])
    if ([...kept].every((other) => apart(tick, other))) kept.add(tick);
  return ticks.filter((tick) => kept.has(tick));
};

/** The labels under the horizontal axis; those without room are left out. */
export const bottomTicks = (area: PlotArea, ticks: readonly Tick[]): Markup => {
  const y = upOf(area)[0] + GAP.x;
  return markup`${ticksThatFit(ticks).map(
    ({ at, text }) => markup`<text x="${coordinate(at)}" y="${y}" text-anchor="middle">${text}</text>`,
  )}`;
};

/** The label of each group under its place; all in short where one of them is wider than that. */
export const bottomLabels = (area: PlotArea, labels: readonly GroupLabel[]): Markup => {
  const places = bandsIn(wholeBand(area), labels.length);
  const fits = labels.every(({ text }, index) => textWidth(text) <= places[index]!.width);
  return bottomTicks(
    area,
    labels.map(({ text, short = text }, index) => ({
      at: places[index]!.left + places[index]!.width / 2,
      text: fits ? text : short,
    })),
  );
};
