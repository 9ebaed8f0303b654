import { type HeatMap, largestValue } from "../../plot/heat-map.ts";
import { twoDecimals } from "../../plot/numbers.ts";
import type { Style } from "../style.ts";

/** From no effect to the largest. */
const SHADES = [" ", "░", "▒", "▓", "█"] as const;

const shadeOf = (share: number): string =>
  SHADES[Math.min(SHADES.length - 1, Math.max(0, Math.ceil(share * (SHADES.length - 1) - 0.25)))]!;

const cell = (value: number, most: number): string =>
  `${shadeOf(value / most)}${twoDecimals(value).padStart(5)}`;

/** Columns that a panel's line may have; deeper models show their shades without numbers. */
const WIDEST_PANEL = 60;

/** Lays the map out for a terminal, one panel under another. No final line break. */
export const heatMapText = (map: HeatMap, style: Style): string => {
  const most = largestValue(map);
  const widest = Math.max(...map.rows.map(({ label }) => [...label].length));
  const pad = (label: string) => label + " ".repeat(widest - [...label].length);
  const panels = map.panels.map(({ title, values }) => {
    const blocks = values[0]?.length ?? 0;
    const narrow = blocks * cell(0, most).length > WIDEST_PANEL;
    const show = (value: number) => (narrow ? shadeOf(value / most) : cell(value, most));
    const heads = Array.from({ length: blocks }, (_, block) => (narrow ? "" : String(block).padStart(6)));
    const lines = values.map(
      (row, position) => `${pad(map.rows[position]!.label)} ${row.map(show).join("")}`,
    );
    return [style.strong(title), style.faint(`${pad("")} ${heads.join("")}`), ...lines].join("\n");
  });
  const legend = `${SHADES.map((shade, i) => `${shade || " "} ${((i / (SHADES.length - 1)) * most).toFixed(2)}`).join("  ")}   columns: blocks; *: subject`;
  return [style.strong(map.title), map.subtitle, "", panels.join("\n\n"), "", style.faint(legend)].join("\n");
};
