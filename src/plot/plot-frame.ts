import { coordinate, escapeMarkup } from "./markup.ts";

/** A plot's size and the room around its axes, in its own units. */
export interface PlotArea {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A label at a place of an axis, in the plot's units. */
export interface Tick {
  readonly at: number;
  readonly text: string;
}

/** Room between an axis and its labels. */
const LABEL_GAP = { x: 18, y: 6 } as const;

/** Where a value stands on the vertical axis from `low`, at the bottom, to `high`. */
export const yScale =
  ({ height, top, bottom }: PlotArea, low: number, high: number) =>
  (value: number): number =>
    height - bottom - ((value - low) / (high - low)) * (height - top - bottom);

/** Where a value stands on the horizontal axis from `low`, on the left, to `high`. */
export const xScale =
  ({ width, left, right }: PlotArea, low: number, high: number) =>
  (value: number): number =>
    left + ((value - low) / (high - low)) * (width - left - right);

/** A line of the grid at each tick of the vertical axis, with its label. */
export const plotGrid = ({ width, left, right }: PlotArea, ticks: readonly Tick[]): string =>
  ticks
    .map(({ at, text }) => {
      const y = coordinate(at);
      return (
        `<line class="grid" x1="${left}" x2="${width - right}" y1="${y}" y2="${y}"/>` +
        `<text x="${left - LABEL_GAP.y}" y="${y}" dy="4" text-anchor="end">${escapeMarkup(text)}</text>`
      );
    })
    .join("");

/** The labels under the horizontal axis. */
export const plotTicks = ({ height, bottom }: PlotArea, ticks: readonly Tick[]): string =>
  ticks
    .map(
      ({ at, text }) =>
        `<text x="${coordinate(at)}" y="${height - bottom + LABEL_GAP.x}" text-anchor="middle">${escapeMarkup(text)}</text>`,
    )
    .join("\n");

/** Colours of series in a file of its own, which can be told apart. */
const COLOURS = ["#1d4ed8", "#c2410c", "#15803d"];

const STYLE =
  "text{fill:#5c5c5c}.title{fill:#1a1a1a;font-weight:600}.grid{stroke:#d8d8d8}.mark{stroke:#1a1a1a;stroke-width:1.5;fill:none}" +
  COLOURS.map((colour, index) => `.s${index}{fill:${colour}}.l${index}{stroke:${colour};fill:none}`).join("");

/** A plot as a file of its own: SVG with a title, a description, and the style of its classes. */
export const plotFile = (
  { width, height }: Pick<PlotArea, "width" | "height">,
  title: string,
  description: string,
  marks: string,
): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" role="img">
<title>${escapeMarkup(title)}</title><desc>${escapeMarkup(description)}</desc>
<style>${STYLE}</style>
<rect width="${width}" height="${height}" fill="#fff"/>
${marks}
</svg>
`;
