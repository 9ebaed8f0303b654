import type { Style } from "../style.ts";
import { type HeatMap, largestEffect, PANEL_TITLES } from "./heat-map.ts";

/** From no effect to the largest. */
const SHADES = [" ", "░", "▒", "▓", "█"] as const;

const shadeOf = (share: number): string =>
  SHADES[Math.min(SHADES.length - 1, Math.max(0, Math.ceil(share * (SHADES.length - 1) - 0.25)))]!;

/** Two decimals, without the sign of a zero. */
const written = (effect: number): string => effect.toFixed(2).replace(/^-(0\.00)$/, "$1");

const cell = (effect: number, most: number): string =>
  `${shadeOf(effect / most)}${written(effect).padStart(5)}`;

/** Columns that a panel's line may have; deeper models show their shades without numbers. */
const WIDEST_PANEL = 60;

/** Lays the map out for a terminal, one panel under another. No final line break. */
export const heatMapText = (map: HeatMap, style: Style): string => {
  const most = largestEffect(map);
  const labels = map.rows.map(({ label, subject }) => (subject ? `${label} *` : label));
  const widest = Math.max(...labels.map((label) => [...label].length));
  const pad = (label: string) => label + " ".repeat(widest - [...label].length);
  const panels = map.panels.map(({ site, effects }) => {
    const blocks = effects[0]?.length ?? 0;
    const narrow = blocks * cell(0, most).length > WIDEST_PANEL;
    const show = (effect: number) => (narrow ? shadeOf(effect / most) : cell(effect, most));
    const heads = Array.from({ length: blocks }, (_, block) => (narrow ? "" : String(block).padStart(6)));
    const lines = effects.map((row, position) => `${pad(labels[position]!)} ${row.map(show).join("")}`);
    return [style.strong(PANEL_TITLES[site]), style.faint(`${pad("")} ${heads.join("")}`), ...lines].join(
      "\n",
    );
  });
  const legend = `${SHADES.map((shade, i) => `${shade || " "} ${((i / (SHADES.length - 1)) * most).toFixed(2)}`).join("  ")}   columns: blocks; *: subject`;
  return [style.strong(map.title), map.subtitle, "", panels.join("\n\n"), "", style.faint(legend)].join("\n");
};
