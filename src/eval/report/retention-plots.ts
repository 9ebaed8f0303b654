import { type Line, shareLines } from "../../plot/lines.ts";
import type { Markup } from "../../plot/markup.ts";
import { percent } from "../../plot/numbers.ts";
import { plotFigure } from "../../plot/plot-figure.ts";
import type { EvaluationReport } from "../report.ts";

type Share = "accuracy" | "neighbours" | "sameSubject" | "random";

const lineOf = ({ sequential }: EvaluationReport, name: string, figure: Share): Line => ({
  name,
  points: sequential.flatMap((point) => {
    const share = point[figure];
    return share === null ? [] : [[point.edits, share, point.intervals[figure]] as const];
  }),
});

const describe = ({ name, points }: Line): string =>
  `${name}: ${points.map(([x, share]) => `${percent(share)} at ${x}`).join(", ")}`;

const retentionPlot = (
  id: string,
  title: string,
  caption: string,
  lines: readonly Line[],
): readonly Markup[] => {
  const measured = lines.filter(({ points }) => points.length > 0);
  if (measured.length === 0) return [];
  const edits = new Set(measured.flatMap(({ points }) => points.map(([x]) => x)));
  const ticks = [...edits].sort((a, b) => a - b).map((count) => [count, String(count)] as const);
  const text = {
    id,
    title,
    caption,
    description: measured.map(describe).join("; "),
    series: measured.map(({ name }) => name),
    kind: "lines" as const,
  };
  return [plotFigure(text, (area) => shareLines(area, measured, ticks, true))];
};

/** What a sequence kept: all its edits for one report or several; every locality group where there is but one. */
export const retentionPlots = (
  reports: readonly EvaluationReport[],
  labels: readonly string[],
): readonly Markup[] => {
  const [only] = reports.length === 1 ? reports : [];
  const locality = only
    ? [
        lineOf(only, "neighbours", "neighbours"),
        lineOf(only, "same subject", "sameSubject"),
        lineOf(only, "random", "random"),
      ]
    : reports.map((report, index) => lineOf(report, labels[index]!, "neighbours"));
  return [
    ...retentionPlot(
      "retention",
      "Retention against T edits",
      "Share of all edits so far whose prompt gets the target, asked of the model that carries all T of them. Lines are 95 % bootstrap intervals.",
      reports.map((report, index) => lineOf(report, labels[index]!, "accuracy")),
    ),
    ...retentionPlot(
      "sequential-locality",
      "Locality against T edits",
      `${only ? "Prompts" : "Neighbours' prompts"} whose whole answer is as before any edit, asked of the model that carries all T edits.`,
      locality,
    ),
  ];
};
