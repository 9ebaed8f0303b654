import { ticksThatFit } from "./axes.ts";
import { type Markup, markup } from "./markup.ts";
import { coordinate, twoDecimals } from "./numbers.ts";
import type { Picture } from "./picture.ts";
import { type Band, bandsIn } from "./scale.ts";
import { textWidth } from "./text-width.ts";

/** A row of all panels. */
export interface HeatRow {
  readonly label: string;
  /** Whether its label stands out. */
  readonly strong: boolean;
}

/** Values to show as shades: panels side by side, of the same rows and columns. */
export interface HeatMap {
  readonly title: string;
  readonly subtitle: string;
  /** What a cell and its column are. */
  readonly explanation: string;
  readonly column: string;
  readonly rows: readonly HeatRow[];
  /** At most three; `values` by row and column. */
  readonly panels: readonly { readonly title: string; readonly values: readonly (readonly number[])[] }[];
}

/** Sizes in the picture's own units. */
const CELL = { width: 44, height: 26 } as const;
/** Many columns are narrower, so that three panels stay within a page. */
const WIDEST_PANEL = 420;
const MARGIN = { left: 16, top: 100, bottom: 64, gap: 28 } as const;
const LEGEND = { width: 160, height: 12, steps: 32 } as const;

/** The share of the full colour from which white can be read better than ink. */
const DEEP = 0.7;

/** The largest value on the map, by which its shades are scaled; above 0. */
export const largestValue = ({ panels }: HeatMap): number =>
  Math.max(1e-3, ...panels.flatMap(({ values }) => values.flat()));

const shadeOf = (share: number): number => Math.round(Math.min(1, Math.max(0, share)) * 100) / 100;

interface PanelPlace {
  readonly index: number;
  readonly columns: readonly Band[];
  readonly most: number;
}

/** Numbers fit wide cells only. */
const numberIn = (value: number, share: number, { left, width }: Band, y: number): Markup | false =>
  width >= CELL.width &&
  markup`<text class="${share > DEEP ? "white" : "ink"}" x="${coordinate(left + width / 2)}" y="${y + CELL.height / 2 + 4}" text-anchor="middle" font-size="11">${twoDecimals(value)}</text>`;

const cellsOf = (map: HeatMap, { index, columns, most }: PanelPlace): readonly Markup[] =>
  map.panels[index]!.values.flatMap((row, position) =>
    row.map((value, column) => {
      const { left, width } = columns[column]!;
      const y = MARGIN.top + position * CELL.height;
      const name = `${map.rows[position]!.label}, ${map.column} ${column}: ${value.toFixed(3)}`;
      return markup`<rect class="h${index} grid" x="${coordinate(left)}" y="${y}" width="${coordinate(width)}" height="${CELL.height}" fill-opacity="${shadeOf(value / most)}"><title>${name}</title></rect>${numberIn(value, value / most, columns[column]!, y)}
`;
    }),
  );

const legendOf = ({ index, columns, most }: PanelPlace, top: number): Markup => {
  const { left } = columns[0]!;
  const under = top + LEGEND.height + 14;
  const steps = bandsIn({ left, width: LEGEND.width }, LEGEND.steps).map(
    (step, i) =>
      markup`<rect class="h${index}" x="${coordinate(step.left)}" y="${top}" width="${coordinate(step.width)}" height="${LEGEND.height}" fill-opacity="${shadeOf(i / (LEGEND.steps - 1))}"/>`,
  );
  return markup`${steps}<path class="grid" d="M${left} ${top}h${LEGEND.width}v${LEGEND.height}h-${LEGEND.width}z"/><text x="${left}" y="${under}" font-size="11">0</text><text x="${left + LEGEND.width}" y="${under}" font-size="11" text-anchor="end">${twoDecimals(most)}</text>`;
};

const panelOf = (map: HeatMap, place: PanelPlace): Markup => {
  const bottom = MARGIN.top + map.rows.length * CELL.height;
  const ticks = ticksThatFit(
    place.columns.map(({ left, width }, column) => ({ at: left + width / 2, text: String(column) })),
  );
  return markup`<text class="title" x="${coordinate(place.columns[0]!.left)}" y="${MARGIN.top - 10}">${map.panels[place.index]!.title}</text>
${cellsOf(map, place)}${ticks.map(({ at, text }) => markup`<text x="${coordinate(at)}" y="${bottom + 14}" text-anchor="middle" font-size="11">${text}</text>`)}
${legendOf(place, bottom + 24)}
`;
};

/** Draws the map: one panel beside another, all on one scale of shades. */
export const heatMapPicture = (map: HeatMap): Picture => {
  const { title, subtitle, explanation, rows, panels } = map;
  const columns = panels[0]!.values[0]?.length ?? 0;
  const width = Math.min(CELL.width * columns, WIDEST_PANEL);
  const first = coordinate(MARGIN.left + Math.max(...rows.map(({ label }) => textWidth(label))) + 8);
  const step = Math.max(width, LEGEND.width) + MARGIN.gap;
  const most = largestValue(map);
  const labels = rows.map(
    ({ label, strong }, position) =>
      markup`<text class="${strong ? "title" : "ink"}" x="${first - 8}" y="${MARGIN.top + (position + 0.5) * CELL.height + 4}" text-anchor="end">${label}</text>\n`,
  );
  const drawn = panels.map((_, index) =>
    panelOf(map, { index, columns: bandsIn({ left: first + index * step, width }, columns), most }),
  );
  return {
    title,
    description: `${explanation}. ${subtitle}.`,
    width: Math.max(
      first + panels.length * step,
      2 * MARGIN.left +
        Math.max(textWidth(title, 16), ...[subtitle, explanation].map((line) => textWidth(line))),
    ),
    height: MARGIN.top + rows.length * CELL.height + MARGIN.bottom,
    marks: markup`<text class="title" x="${MARGIN.left}" y="26" font-size="16">${title}</text>
<text x="${MARGIN.left}" y="46">${subtitle}</text><text x="${MARGIN.left}" y="64">${explanation}</text>
${labels}${drawn}`,
  };
};
