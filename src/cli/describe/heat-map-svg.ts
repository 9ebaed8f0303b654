import type { TraceSite } from "../../edit/trace/trace-session.ts";
import { coordinate, escapeMarkup } from "../../plot/markup.ts";
import { type HeatMap, type HeatRow, largestEffect, PANEL_TITLES } from "./heat-map.ts";

/** Sizes in the drawing's own units. */
const CELL = { width: 44, height: 26 } as const;
/** A deep model's columns are narrower, so that three panels stay within a page. */
const WIDEST_PANEL = 420;
const MARGIN = { left: 16, top: 100, bottom: 64, gap: 28 } as const;
const LABEL_CHARACTER = 7.5;
const LEGEND = { width: 160, height: 12, steps: 32 } as const;

/** The full colour of each panel; white is no effect. */
const COLOURS: Readonly<Record<TraceSite, readonly [number, number, number]>> = {
  residual: [76, 29, 149],
  ffn: [21, 94, 47],
  attention: [153, 27, 27],
};

const EXPLANATION = "Each cell: what restoring that one state brings back. Columns: blocks; *: subject";

const INK = "#1a1a1a";
const SOFT = "#5c5c5c";

const colourOf = (site: TraceSite, share: number): string => {
  const strength = Math.min(1, Math.max(0, share));
  const channels = COLOURS[site].map((full) => Math.round(255 + (full - 255) * strength));
  return `rgb(${channels.join(",")})`;
};

const text = (x: number, y: number, content: string, attributes = ""): string =>
  `<text x="${coordinate(x)}" y="${coordinate(y)}" ${attributes}>${escapeMarkup(content)}</text>`;

/** Numbers fit wide cells only. */
const numberIn = (effect: number, share: number, x: number, y: number, width: number): string =>
  width < CELL.width
    ? ""
    : text(
        x + width / 2,
        y + CELL.height / 2 + 4,
        effect.toFixed(2).replace(/^-(0\.00)$/, "$1"),
        `text-anchor="middle" font-size="11" fill="${share > 0.5 ? "#fff" : SOFT}"`,
      );

interface PanelPlace {
  readonly left: number;
  readonly cell: number;
  readonly most: number;
}

const cells = (
  { site, effects }: HeatMap["panels"][number],
  rows: readonly HeatRow[],
  { left, cell, most }: PanelPlace,
): string =>
  effects
    .flatMap((row, position) =>
      row.map((effect, block) => {
        const [x, y] = [left + block * cell, MARGIN.top + position * CELL.height];
        const name = `${rows[position]!.label}, block ${block}: ${effect.toFixed(3)}`;
        return `<rect x="${coordinate(x)}" y="${y}" width="${coordinate(cell)}" height="${CELL.height}" fill="${colourOf(site, effect / most)}" stroke="#e5e5e5"><title>${escapeMarkup(name)}</title></rect>${numberIn(effect, effect / most, x, y, cell)}`;
      }),
    )
    .join("\n");

const legend = (site: TraceSite, left: number, top: number, most: number): string => {
  const step = LEGEND.width / LEGEND.steps;
  const bar = Array.from(
    { length: LEGEND.steps },
    (_, i) =>
      `<rect x="${coordinate(left + i * step)}" y="${top}" width="${coordinate(step + 0.5)}" height="${LEGEND.height}" fill="${colourOf(site, i / (LEGEND.steps - 1))}"/>`,
  ).join("");
  const frame = `<rect x="${left}" y="${top}" width="${LEGEND.width}" height="${LEGEND.height}" fill="none" stroke="#bbb"/>`;
  return `${bar}${frame}${text(left, top + LEGEND.height + 14, "0", `font-size="11" fill="${SOFT}"`)}${text(left + LEGEND.width, top + LEGEND.height + 14, most.toFixed(2), `font-size="11" fill="${SOFT}" text-anchor="end"`)}`;
};

const panel = (map: HeatMap, index: number, place: PanelPlace): string => {
  const shown = map.panels[index]!;
  const blocks = shown.effects[0]?.length ?? 0;
  const bottom = MARGIN.top + map.rows.length * CELL.height;
  const every = Math.ceil(24 / place.cell);
  const ticks = Array.from({ length: blocks }, (_, block) => block)
    .filter((block) => block % every === 0)
    .map((block) =>
      text(
        place.left + (block + 0.5) * place.cell,
        bottom + 14,
        String(block),
        `text-anchor="middle" font-size="11" fill="${SOFT}"`,
      ),
    )
    .join("");
  return [
    text(place.left, MARGIN.top - 10, PANEL_TITLES[shown.site], `font-weight="600" fill="${INK}"`),
    cells(shown, map.rows, place),
    ticks,
    legend(shown.site, place.left, bottom + 24, place.most),
  ].join("\n");
};

/**
 * Draws the map as an SVG document of its own: rows are tokens, columns blocks, one panel each for the block's output,
 * its FFN and its attention, on one colour scale. Tokens of the subject carry an asterisk.
 */
export const heatMapSvg = (map: HeatMap): string => {
  const blocks = map.panels[0]?.effects[0]?.length ?? 0;
  const cell = Math.min(CELL.width, WIDEST_PANEL / blocks);
  const labels = map.rows.map(({ label, subject }) => (subject ? `${label} *` : label));
  const first = MARGIN.left + Math.max(...labels.map((label) => label.length)) * LABEL_CHARACTER + 8;
  const panelWidth = Math.max(blocks * cell, LEGEND.width);
  const most = largestEffect(map);
  const lines = [map.title, map.subtitle, EXPLANATION].map((line) => line.length * LABEL_CHARACTER);
  const width = Math.max(
    first + map.panels.length * (panelWidth + MARGIN.gap),
    2 * MARGIN.left + Math.max(...lines),
  );
  const height = MARGIN.top + map.rows.length * CELL.height + MARGIN.bottom;
  const rows = labels.map((label, position) =>
    text(
      first - 8,
      MARGIN.top + (position + 0.5) * CELL.height + 4,
      label,
      `text-anchor="end" fill="${INK}" font-weight="${map.rows[position]!.subject ? 600 : 400}"`,
    ),
  );
  const panels = map.panels.map((_, index) =>
    panel(map, index, { left: first + index * (panelWidth + MARGIN.gap), cell, most }),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${coordinate(width)} ${height}" width="${coordinate(width)}" height="${height}" font-family="system-ui,sans-serif" font-size="13" role="img">
<title>${escapeMarkup(`Causal trace: ${map.title}`)}</title>
<desc>Indirect effect of restoring one state (rows: tokens, * subject; columns: blocks). ${escapeMarkup(map.subtitle)}.</desc>
<rect width="100%" height="100%" fill="#fff"/>
${text(MARGIN.left, 26, map.title, `font-size="16" font-weight="600" fill="${INK}"`)}
${text(MARGIN.left, 46, map.subtitle, `fill="${SOFT}"`)}
${text(MARGIN.left, 64, EXPLANATION, `fill="${SOFT}"`)}
${rows.join("\n")}
${panels.join("\n")}
</svg>
`;
};
