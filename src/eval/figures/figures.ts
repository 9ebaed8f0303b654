import type { CaseResult, Efficiency, Estimate, EvaluationReport, Properties } from "../report.ts";
import { bootstrap, estimateOf, intervalOf } from "./bootstrap.ts";
import { mean, median } from "./metrics.ts";
import {
  COMPOSITES,
  type FigureName,
  type Ratios,
  ratioOf,
  TALLIES,
  type TalliedFigure,
  type Tally,
} from "./tally.ts";

/** Every figure that something was measured for. */
export type Figures = Partial<Record<FigureName, Estimate>>;

const names = Object.keys(TALLIES) as TalliedFigure[];

/**
 * All figures of the cases with their intervals: cases are drawn again, with everything measured of them, since the
 * prompts of one case are not independent. Deterministic from the seed.
 */
export const figuresOf = (cases: readonly CaseResult[], seed: number): Figures => {
  const tallies = new Map<TalliedFigure, readonly Tally[]>(
    names.map((name) => [name, cases.map(TALLIES[name])]),
  );
  const ratiosOf =
    (sample: readonly number[]): Ratios =>
    (name) =>
      ratioOf(sample.map((index) => tallies.get(name)![index]!));
  const estimate = (figure: (ratio: Ratios) => number | null) =>
    bootstrap(cases.length, (sample) => figure(ratiosOf(sample)), seed);
  const estimates = [
    ...names.map((name) => [name, estimate((ratio) => ratio(name))] as const),
    ...Object.entries(COMPOSITES).map(([name, figure]) => [name, estimate(figure)] as const),
  ];
  return Object.fromEntries(estimates.filter(([, value]) => value !== null));
};

/** The properties, out of the figures. */
export const propertiesOf = (figures: Figures): Properties => {
  const figure = (name: FigureName): Estimate | null => figures[name] ?? null;
  const mean = (name: FigureName): number | null => figures[name]?.mean ?? null;
  const portability = figure("portability.exactMatch");
  return {
    accuracy: { freeRunning: figure("accuracy.exactMatch"), teacherForced: figure("accuracy.es") },
    generality: { freeRunning: figure("generality.exactMatch"), teacherForced: figure("generality.ps") },
    portability: portability && {
      freeRunning: portability,
      teacherForced: figure("portability.tokens"),
    },
    locality: {
      freeRunning: figure("locality.unchanged"),
      teacherForced: figure("locality.ns"),
      groups: {
        neighbours: mean("locality.neighbours"),
        sameSubject: mean("locality.sameSubject"),
        random: mean("locality.random"),
      },
    },
  };
};

/** S of both modes, out of the figures. */
export const sOf = (figures: Figures): EvaluationReport["s"] => ({
  freeRunning: figures["s.freeRunning"]?.mean ?? null,
  teacherForced: figures["s.teacherForced"]?.mean ?? null,
});

const added = (pairs: readonly CaseResult["cost"]["prefill"][]): readonly number[] =>
  pairs.flatMap((pair) => (pair === null ? [] : [pair.after - pair.before]));

/** What edits cost, over the cases, with intervals that are deterministic from the seed and the times. */
export const efficiencyOf = (
  cases: readonly CaseResult[],
  { peakMemoryBytes, workers }: Pick<Efficiency, "peakMemoryBytes" | "workers">,
  seed: number,
): Efficiency => {
  const costs = cases.map(({ cost }) => cost);
  const seconds = estimateOf(
    costs.map((cost) => cost.seconds),
    mean,
    seed,
  );
  const bytes = estimateOf(
    costs.map((cost) => cost.bytes),
    mean,
    seed,
  );
  const prefill = estimateOf(added(costs.map((cost) => cost.prefill)), median, seed);
  const perToken = estimateOf(added(costs.map((cost) => cost.perToken)), median, seed);
  return {
    secondsPerEdit: seconds?.mean ?? null,
    bytesPerEdit: bytes?.mean ?? null,
    peakMemoryBytes,
    workers,
    addedPrefillMilliseconds: prefill?.mean ?? null,
    addedMillisecondsPerToken: perToken?.mean ?? null,
    intervals: {
      secondsPerEdit: intervalOf(seconds),
      bytesPerEdit: intervalOf(bytes),
      addedPrefillMilliseconds: intervalOf(prefill),
      addedMillisecondsPerToken: intervalOf(perToken),
    },
  };
};
