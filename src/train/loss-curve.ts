import { type PlotArea, plotFile, plotGrid, xScale, yScale } from "../plot/plot-frame.ts";

/** The loss of each step as CSV: `step,loss`, losses exact to the last bit of their float32. */
export const lossCsv = (losses: readonly number[]): string =>
  ["step,loss", ...losses.map((loss, index) => `${index + 1},${loss}`), ""].join("\n");

/** Reads what `lossCsv` wrote. */
export const parseLossCsv = (text: string): number[] =>
  text
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => Number(line.split(",")[1]));

/** Size of the plot, in its own units. */
const PLOT: PlotArea = { width: 720, height: 320, left: 48, right: 48, top: 48, bottom: 48 };

/** The step whose loss an average over `losses` around it smooths, drawn as a path through (x, y). */
const smoothed = (losses: readonly number[], reach: number): number[] =>
  losses.map((_, i) => {
    const around = losses.slice(Math.max(0, i - reach), i + reach + 1);
    return around.reduce((sum, loss) => sum + loss, 0) / around.length;
  });

const path = (values: readonly number[], top: number): string => {
  const x = xScale(PLOT, 0, Math.max(1, values.length - 1));
  const y = yScale(PLOT, 0, top);
  return values.map((value, i) => `${i === 0 ? "M" : "L"}${x(i).toFixed(1)} ${y(value).toFixed(1)}`).join("");
};

/** A plot of the losses: every step in grey, the average over 21 steps in black. Self-contained SVG. */
export const lossSvg = (losses: readonly number[]): string => {
  const top = Math.ceil(Math.max(1, ...losses));
  const y = yScale(PLOT, 0, top);
  const grid = Array.from({ length: top + 1 }, (_, value) => ({ at: y(value), text: String(value) }));
  const title = "loss (nats a token, weighted)";
  const marks = `${plotGrid(PLOT, grid)}
<text x="${PLOT.width / 2}" y="${PLOT.height - 14}" text-anchor="middle">step, 1 to ${losses.length}</text>
<text class="title" x="${PLOT.left}" y="24">${title}</text>
<path d="${path(losses, top)}" fill="none" stroke="#bbb"/>
<path d="${path(smoothed(losses, 10), top)}" fill="none" stroke="#000" stroke-width="1.5"/>`;
  return plotFile(
    PLOT,
    title,
    `The loss of steps 1 to ${losses.length}, and its average over 21 steps`,
    marks,
  );
};
