import { acrossOf, bottomTicks, type PlotArea, shareGrid, upOf } from "./axes.ts";
import { type Markup, markup } from "./markup.ts";
import { coordinate, percent } from "./numbers.ts";
import { linearScale, logScale, type Scale } from "./scale.ts";

/** A line of shares. */
export interface Line {
  readonly name: string;
  /** With its confidence interval, where there is one. */
  readonly points: readonly (readonly [
    x: number,
    share: number,
    interval?: { readonly low: number; readonly high: number } | null,
  ])[];
}

/** A path through points of the picture. */
export const pathThrough = (points: readonly (readonly [x: number, y: number])[]): string =>
  points.map(([x, y], index) => `${index === 0 ? "M" : "L"}${coordinate(x)} ${coordinate(y)}`).join("");

/** A vertical line over each point's interval. */
const intervalsOf = ({ points }: Line, x: Scale, y: Scale): Markup | null => {
  const lines = points.flatMap(([at, , interval]) =>
    interval ? [`M${coordinate(x(at))} ${coordinate(y(interval.high))}V${coordinate(y(interval.low))}`] : [],
  );
  return lines.length === 0 ? null : markup`<path class="interval" d="${lines.join("")}"/>`;
};

const dotsOf = ({ name, points }: Line, series: number, x: Scale, y: Scale): readonly Markup[] =>
  points.map(
    ([at, share]) =>
      markup`<circle class="s${series}" cx="${coordinate(x(at))}" cy="${coordinate(y(share))}" r="4"><title>${name}: ${percent(share)} at ${at}</title></circle>`,
  );

const lineOf = (line: Line, series: number, x: Scale, y: Scale, dotted: boolean): Markup => {
  const path = pathThrough(line.points.map(([at, share]) => [x(at), y(share)] as const));
  return markup`<path class="line l${series}" d="${path}"/>${intervalsOf(line, x, y)}${dotted && dotsOf(line, series, x, y)}
`;
};

/** Room beside the first and the last place of the axis, in the picture's units. */
const PADDING = 16;

/**
 * Draws lines of shares over a logarithmic axis that spans the ticks and the points. `dotted` marks each point and
 * says its value: for few, measured points.
 */
export const shareLines = (
  area: PlotArea,
  lines: readonly Line[],
  ticks: readonly (readonly [x: number, text: string])[],
  dotted: boolean,
): Markup => {
  const places = [...lines.flatMap(({ points }) => points.map(([x]) => x)), ...ticks.map(([x]) => x)];
  const [left, right] = acrossOf(area);
  const x = logScale([Math.min(...places), Math.max(...places)], [left + PADDING, right - PADDING]);
  const y = linearScale([0, 1], upOf(area));
  return markup`${shareGrid(area, y)}
${bottomTicks(
  area,
  ticks.map(([at, text]) => ({ at: x(at), text })),
)}
${lines.map((line, series) => lineOf(line, series, x, y, dotted))}`;
};
