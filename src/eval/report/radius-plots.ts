import { shareLines } from "../../plot/lines.ts";
import type { Markup } from "../../plot/markup.ts";
import { plotFigure } from "../../plot/plot-figure.ts";
import type { EvaluationReport } from "../report.ts";
import { radiusCurves } from "./radius-curve.ts";

const TICKS = [
  [0.1, "0.1"],
  [0.3, "0.3"],
  [1, "as measured"],
  [3, "3"],
  [10, "10"],
] as const;

const CAPTION =
  "From each prompt's measured distance to its nearest key: the share that would be reached, or left alone, had every radius been multiplied by the factor.";

/** Locality against radius, a plot for each report whose method has one. */
export const radiusPlots = (
  reports: readonly EvaluationReport[],
  labels: readonly string[],
): readonly Markup[] =>
  reports.flatMap((report, index) => {
    const curves = radiusCurves(report);
    if (curves.length === 0) return [];
    const title =
      reports.length === 1 ? "Locality against radius" : `Locality against radius: ${labels[index]}`;
    const text = {
      id: `radius-${index}`,
      title,
      description: CAPTION,
      caption: CAPTION,
      series: curves.map(({ name }) => name),
      kind: "lines" as const,
    };
    return [plotFigure(text, (area) => shareLines(area, curves, TICKS, false))];
  });
