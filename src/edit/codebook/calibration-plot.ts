import { coordinate, escapeMarkup, percent } from "../../plot/markup.ts";
import { type PlotArea, plotFile, plotGrid, plotTicks, xScale, yScale } from "../../plot/plot-frame.ts";
import { CALIBRATION_QUANTILES, type LayerCalibration } from "./calibrate.ts";

/** Room of the whole plot and of its two parts, in its own units. */
const WIDTH = 720;
const DISTANCES: PlotArea = { width: WIDTH, height: 320, left: 52, right: 16, top: 64, bottom: 40 };
const SEPARATION: PlotArea = { width: WIDTH, height: 520, left: 52, right: 16, top: 372, bottom: 40 };

const SERIES = [
  ["sameFact", "same fact, other words"],
  ["sibling", "same words, other subject"],
  ["unrelated", "unrelated"],
] as const;

/** Share of a block's width that its bands, or its bar, take. */
const FILLED = 0.75;
const BAR = 0.5;

/** About as many lines as a grid needs. */
const GRID_LINES = 5;

const at = (quantiles: readonly number[], share: (typeof CALIBRATION_QUANTILES)[number]): number =>
  quantiles[CALIBRATION_QUANTILES.indexOf(share)]!;

/** A round step that cuts `top` into `GRID_LINES` or a few more. */
const roundStep = (top: number): number => {
  const rough = top / GRID_LINES;
  const power = 10 ** Math.floor(Math.log10(rough));
  return [5, 2, 1].map((factor) => factor * power).find((step) => step <= rough) ?? power;
};

/** One set of distances: 1 % to 99 % as a line, 25 % to 75 % as a band, the median as a cut through it. */
const bandOf = (
  name: string,
  quantiles: readonly number[],
  series: number,
  left: number,
  width: number,
  y: (value: number) => number,
): string => {
  const [low, lower, median, upper, high] = ([0.01, 0.25, 0.5, 0.75, 0.99] as const).map((share) =>
    at(quantiles, share),
  ) as [number, number, number, number, number];
  const middle = coordinate(left + width / 2);
  return (
    `<g><title>${escapeMarkup(name)}: median ${median.toFixed(2)}, half of them ${lower.toFixed(2)} to ${upper.toFixed(2)}</title>` +
    `<path class="l${series}" d="M${middle} ${coordinate(y(low))}V${coordinate(y(high))}"/>` +
    `<rect class="s${series}" fill-opacity=".75" x="${coordinate(left)}" y="${coordinate(y(upper))}" width="${coordinate(width - 2)}" height="${coordinate(y(lower) - y(upper))}"/>` +
    `<path class="mark" d="M${coordinate(left)} ${coordinate(y(median))}h${coordinate(width - 2)}"/></g>`
  );
};

interface Columns {
  readonly layers: readonly LayerCalibration[];
  /** Left edge and width of a block's column. */
  readonly leftOf: (index: number) => number;
  readonly width: number;
}

const columnsOf = (layers: readonly LayerCalibration[]): Columns => {
  const x = xScale(DISTANCES, 0, layers.length);
  return { layers, leftOf: x, width: x(1) - x(0) };
};

const blockTicks = ({ layers, leftOf, width }: Columns, hooked: ReadonlySet<number>) =>
  layers.map(({ layer }, index) => ({
    at: leftOf(index) + width / 2,
    text: hooked.has(layer) ? `block ${layer}, hooked` : `block ${layer}`,
  }));

const distancePanel = (columns: Columns, hooked: ReadonlySet<number>): string => {
  const { layers, leftOf, width } = columns;
  const top = Math.max(...layers.flatMap((layer) => SERIES.map(([kind]) => at(layer[kind], 0.99))), 1e-6);
  const y = yScale(DISTANCES, 0, top);
  const step = roundStep(top);
  const grid = Array.from({ length: Math.floor(top / step) + 1 }, (_, line) => ({
    at: y(line * step),
    text: String(Number((line * step).toPrecision(6))),
  }));
  const band = (width * FILLED) / SERIES.length;
  const bands = layers.flatMap((layer, index) => {
    const left = leftOf(index) + (width * (1 - FILLED)) / 2;
    const radius = coordinate(y(Math.min(layer.radius, top)));
    return [
      ...SERIES.map(([kind, text], series) =>
        bandOf(`block ${layer.layer}, ${text}`, layer[kind], series, left + series * band, band, y),
      ),
      `<path class="mark" stroke-dasharray="5 3" d="M${coordinate(left)} ${radius}h${coordinate(width * FILLED)}"><title>deferral radius ${layer.radius}</title></path>`,
    ];
  });
  const legend = SERIES.map(
    ([, text], series) =>
      `<rect class="s${series}" x="${DISTANCES.left + series * 200}" y="34" width="12" height="12"/><text x="${DISTANCES.left + 18 + series * 200}" y="44">${text}</text>`,
  );
  return [
    `<text class="title" x="${DISTANCES.left}" y="20">Distances at the last prompt token: 1 to 99 %, 25 to 75 %, median; dashed: deferral radius</text>`,
    ...legend,
    plotGrid(DISTANCES, grid),
    plotTicks(DISTANCES, blockTicks(columns, hooked)),
    ...bands,
  ].join("\n");
};

const separationPanel = (columns: Columns, hooked: ReadonlySet<number>): string => {
  const { layers, leftOf, width } = columns;
  const y = yScale(SEPARATION, 0, 1);
  const grid = [0, 0.25, 0.5, 0.75, 1].map((share) => ({ at: y(share), text: `${share * 100} %` }));
  const bars = layers.map(({ layer, separation }, index) => {
    const left = leftOf(index) + (width * (1 - BAR)) / 2;
    const opacity = hooked.has(layer) ? "1" : ".35";
    return (
      `<g><title>block ${layer}: ${percent(separation)}</title>` +
      `<rect class="s0" fill-opacity="${opacity}" x="${coordinate(left)}" y="${coordinate(y(separation))}" width="${coordinate(width * BAR)}" height="${coordinate(y(0) - y(separation))}"/>` +
      `<text x="${coordinate(left + (width * BAR) / 2)}" y="${coordinate(y(separation) - 4)}" text-anchor="middle">${percent(separation)}</text></g>`
    );
  });
  return [
    `<text class="title" x="${SEPARATION.left}" y="${SEPARATION.top - 22}">Separation: rephrasings nearer than every other fact; pale: no codebook hook</text>`,
    plotGrid(SEPARATION, grid),
    plotTicks(SEPARATION, blockTicks(columns, hooked)),
    ...bars,
  ].join("\n");
};

const describe = ({ layer, separation, radius }: LayerCalibration): string =>
  `block ${layer}: separation ${percent(separation)}, radius ${radius}`;

/** How each block's states tell facts apart, as an SVG file: distances as quantile bands, and separation. */
export const calibrationSvg = (
  name: string,
  layers: readonly LayerCalibration[],
  hooked: ReadonlySet<number>,
): string => {
  const columns = columnsOf(layers);
  return plotFile(
    { width: WIDTH, height: SEPARATION.height },
    `Calibration of ${name}`,
    layers.map(describe).join("; "),
    [distancePanel(columns, hooked), separationPanel(columns, hooked)].join("\n"),
  );
};
