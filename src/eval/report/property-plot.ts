import { barsOf } from "../../plot/bars.ts";
import type { Markup } from "../../plot/markup.ts";
import { percent } from "../../plot/numbers.ts";
import { plotFigure } from "../../plot/plot-figure.ts";
import type { FigureName } from "../figures/tally.ts";
import type { EvaluationReport } from "../report.ts";

/** How answers were asked for, and what a plot of them shows. */
interface Mode {
  readonly id: string;
  readonly title: string;
  readonly caption: string;
  /** The bars, with the figure that each shows. */
  readonly bars: readonly (readonly [text: string, figure: FigureName])[];
}

/** Free-running and teacher-forced. */
export const MODES: readonly Mode[] = [
  {
    id: "properties-freeRunning",
    title: "Properties, free-running",
    caption: "Whole greedy answers, compared exactly. Lines are 95 % bootstrap intervals over edits.",
    bars: [
      ["accuracy", "accuracy.exactMatch"],
      ["generality", "generality.exactMatch"],
      ["portability", "portability.exactMatch"],
      ["locality", "locality.unchanged"],
      ["S", "s.freeRunning"],
    ],
  },
  {
    id: "properties-teacherForced",
    title: "Properties, teacher-forced",
    caption:
      "The literature's scores; portability is token accuracy. Lines are 95 % bootstrap intervals over edits.",
    bars: [
      ["ES", "accuracy.es"],
      ["PS", "generality.ps"],
      ["portability", "portability.tokens"],
      ["NS", "locality.ns"],
      ["S", "s.teacherForced"],
    ],
  },
];

/** Share of a property's place that its bars take. */
const FILLED = 0.75;

/** Properties by method: a bar for each that was measured, with its interval; none where nothing was. `labels` name the reports. */
export const propertyPlot = (
  reports: readonly EvaluationReport[],
  labels: readonly string[],
  { bars, ...text }: Mode,
): Markup | null => {
  const groups = bars
    .filter(([, figure]) => reports.some(({ figures }) => figures[figure]))
    .map(([name, figure]) => ({
      text: name,
      bars: reports.map(({ figures }, series) => {
        const estimate = figures[figure];
        return estimate
          ? { name: `${labels[series]}, ${name}`, share: estimate.mean, interval: estimate }
          : null;
      }),
    }));
  if (groups.length === 0) return null;
  const shown = groups.flatMap((group) => group.bars.filter((bar) => bar !== null));
  const description = shown.map(({ name, share }) => `${name} ${percent(share)}`).join("; ");
  return plotFigure({ ...text, description, series: labels, kind: "bars" }, (area) =>
    barsOf(area, groups, FILLED),
  );
};
