import { acrossOf, bottomTicks, horizontalGrid, type PlotArea, upOf } from "../../plot/axes.ts";
import { pathThrough } from "../../plot/lines.ts";
import { markup } from "../../plot/markup.ts";
import { svgFile } from "../../plot/picture.ts";
import { linearScale, roundTicks } from "../../plot/scale.ts";

/** The loss of each step as CSV: `step,loss`, losses exact to the last bit of their float32. */
export const lossCsv = (losses: readonly number[]): string =>
  ["step,loss", ...losses.map((loss, index) => `${index + 1},${loss}`), ""].join("\n");

/** Size of the plot, in its own units. */
const PLOT: PlotArea = { width: 720, height: 320, left: 48, right: 48, top: 48, bottom: 48 };

/** Steps before and after one over which its loss is averaged. */
const REACH = 10;

const smoothed = (losses: readonly number[]): readonly number[] =>
  losses.map((_, i) => {
    const around = losses.slice(Math.max(0, i - REACH), i + REACH + 1);
    return around.reduce((sum, loss) => sum + loss, 0) / around.length;
  });

/** A plot of the losses: every step faint, the average over 21 steps over it. An SVG file of its own. */
export const lossSvg = (losses: readonly number[]): string => {
  const steps = losses.length;
  const top = Math.ceil(Math.max(1, ...losses));
  const x = linearScale([1, steps], acrossOf(PLOT));
  const y = linearScale([0, top], upOf(PLOT));
  const pathOf = (values: readonly number[]) => pathThrough(values.map((loss, i) => [x(i + 1), y(loss)]));
  const ticks = [1, ...roundTicks(1, steps).filter(Number.isInteger), steps].map((step) => ({
    at: x(step),
    text: String(step),
  }));
  const title = "Loss by step (nats a token, weighted)";
  return svgFile({
    title,
    description: `The loss of steps 1 to ${steps}, and its average over ${2 * REACH + 1} steps`,
    width: PLOT.width,
    height: PLOT.height,
    marks: markup`<text class="title" x="${PLOT.left}" y="24">${title}</text>
${horizontalGrid(PLOT, y, roundTicks(0, top, 10))}
${bottomTicks(PLOT, ticks)}
<path class="faint" d="${pathOf(losses)}"/>
<path class="mark" d="${pathOf(smoothed(losses))}"/>`,
  });
};
