import type { PlotArea } from "../../plot/axes.ts";
import { barsOf } from "../../plot/bars.ts";
import { boxesOf } from "../../plot/boxes.ts";
import { legendOf } from "../../plot/legend.ts";
import { markup } from "../../plot/markup.ts";
import { percent } from "../../plot/numbers.ts";
import { svgFile } from "../../plot/picture.ts";
import { CALIBRATION_QUANTILES, type LayerCalibration } from "./calibrate.ts";

/** Room of the whole picture and of its two plots, in its own units. */
const WIDTH = 720;
const DISTANCES: PlotArea = { width: WIDTH, height: 320, left: 52, right: 16, top: 64, bottom: 40 };
const SEPARATION: PlotArea = { width: WIDTH, height: 520, left: 52, right: 16, top: 372, bottom: 40 };

const SERIES = [
  ["sameFact", "same fact, other words"],
  ["sibling", "same words, other subject"],
  ["unrelated", "unrelated"],
] as const;

/** Share of a block's place that its boxes, or its bar, take. */
const FILLED = 0.75;
const BAR = 0.5;

const at = (quantiles: readonly number[], share: (typeof CALIBRATION_QUANTILES)[number]): number =>
  quantiles[CALIBRATION_QUANTILES.indexOf(share)]!;

const labelOf = (layer: number, hooked: boolean) =>
  hooked
    ? { text: `block ${layer}, hooked`, short: `${layer}*` }
    : { text: `block ${layer}`, short: String(layer) };

const boxGroup = (layer: LayerCalibration, hooked: boolean) => ({
  ...labelOf(layer.layer, hooked),
  boxes: SERIES.map(([kind, text]) => ({
    name: `block ${layer.layer}, ${text}`,
    low: at(layer[kind], 0.01),
    lower: at(layer[kind], 0.25),
    median: at(layer[kind], 0.5),
    upper: at(layer[kind], 0.75),
    high: at(layer[kind], 0.99),
  })),
  across: { name: "deferral radius", value: layer.radius },
});

const barGroup = ({ layer, separation }: LayerCalibration, hooked: boolean) => ({
  ...labelOf(layer, hooked),
  bars: [{ name: `block ${layer}`, share: separation, pale: !hooked }],
});

const describe = ({ layer, separation, radius }: LayerCalibration): string =>
  `block ${layer}: separation ${percent(separation)}, radius ${radius}`;

/** How each block's states tell facts apart, as an SVG file: distances as boxes of their quantiles, and separation. */
export const calibrationSvg = (
  name: string,
  layers: readonly LayerCalibration[],
  hooked: ReadonlySet<number>,
): string => {
  const groupsOf = <Group>(group: (layer: LayerCalibration, hooked: boolean) => Group) =>
    layers.map((layer) => group(layer, hooked.has(layer.layer)));
  const legend = legendOf(
    SERIES.map(([, text]) => text),
    "bars",
    { left: DISTANCES.left, right: WIDTH - DISTANCES.right, top: 30 },
  );
  return svgFile({
    title: `Calibration of ${name}`,
    description: layers.map(describe).join("; "),
    width: WIDTH,
    height: SEPARATION.height,
    marks: markup`<text class="title" x="${DISTANCES.left}" y="20">Distances at the last prompt token: 1 to 99 %, 25 to 75 %, median; dashed: radius</text>
${legend.marks}
${boxesOf(DISTANCES, groupsOf(boxGroup), FILLED)}
<text class="title" x="${SEPARATION.left}" y="${SEPARATION.top - 22}">Separation: rephrasings nearer than every other fact; pale: no codebook hook</text>
${barsOf(SEPARATION, groupsOf(barGroup), BAR)}`,
  });
};
