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

const WIDTH = 720;
const HEIGHT = 320;
const MARGIN = 48;

/** The step whose loss an average over `losses` around it smooths, drawn as a path through (x, y). */
const smoothed = (losses: readonly number[], reach: number): number[] =>
  losses.map((_, i) => {
    const around = losses.slice(Math.max(0, i - reach), i + reach + 1);
    return around.reduce((sum, loss) => sum + loss, 0) / around.length;
  });

const path = (values: readonly number[], top: number): string => {
  const x = (i: number) => MARGIN + ((WIDTH - 2 * MARGIN) * i) / Math.max(1, values.length - 1);
  const y = (value: number) => HEIGHT - MARGIN - ((HEIGHT - 2 * MARGIN) * value) / top;
  return values.map((value, i) => `${i === 0 ? "M" : "L"}${x(i).toFixed(1)} ${y(value).toFixed(1)}`).join("");
};

/** A plot of the losses: every step in grey, the average over 21 steps in black. Self-contained SVG. */
export const lossSvg = (losses: readonly number[]): string => {
  const top = Math.ceil(Math.max(1, ...losses));
  const grid = Array.from({ length: top + 1 }, (_, value) => {
    const y = HEIGHT - MARGIN - ((HEIGHT - 2 * MARGIN) * value) / top;
    return `<line x1="${MARGIN}" y1="${y}" x2="${WIDTH - MARGIN}" y2="${y}" stroke="#ddd"/><text x="${MARGIN - 8}" y="${y + 4}" text-anchor="end">${value}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
${grid.join("\n")}
<text x="${WIDTH / 2}" y="${HEIGHT - 14}" text-anchor="middle">step, 1 to ${losses.length}</text>
<text x="${MARGIN}" y="24">loss (nats a token, weighted)</text>
<path d="${path(losses, top)}" fill="none" stroke="#bbb"/>
<path d="${path(smoothed(losses, 10), top)}" fill="none" stroke="#000" stroke-width="1.5"/>
</svg>
`;
};
