import type { CaseResult, LocalityResult, TargetedResult } from "../report.ts";
import { harmonicMean } from "./metrics.ts";

/** What one case adds to a figure: a sum over `count` prompts; a figure is the sum of sums over that of counts. */
export interface Tally {
  readonly sum: number;
  readonly count: number;
}

const NOTHING: Tally = { sum: 0, count: 0 };

const tallyOf = (values: readonly (number | boolean | null)[]): Tally => {
  const known = values.filter((value) => value !== null);
  return { sum: known.reduce<number>((sum, value) => sum + Number(value), 0), count: known.length };
};

/** One record's mean as one observation: the literature's means are over records, not over prompts. */
const recordMean = (values: readonly (number | boolean | null)[]): Tally => {
  const { sum, count } = tallyOf(values);
  return count === 0 ? NOTHING : { sum: sum / count, count: 1 };
};

const correct = (results: readonly TargetedResult[]) => tallyOf(results.map((result) => result.correct));

/** ROME's comparison: the target is likelier, for each token of its length, than the old object. */
const preferred = (results: readonly TargetedResult[]) =>
  recordMean(results.map(({ expectedLoss, oldLoss }) => (oldLoss === null ? null : oldLoss > expectedLoss)));

const tokenAccuracy = (results: readonly TargetedResult[]) =>
  recordMean(results.map((result) => result.tokenAccuracy));

const unchanged = (results: readonly LocalityResult[]) => tallyOf(results.map((result) => result.unchanged));

/** ROME's NS: the right answer is still likelier than the edit's target. */
const kept = (results: readonly LocalityResult[]) =>
  recordMean(
    results.map(({ answerLoss, targetLoss }) =>
      answerLoss === null || targetLoss === null ? null : answerLoss < targetLoss,
    ),
  );

const allLocality = ({ locality }: CaseResult) => [
  ...locality.neighbours,
  ...locality.sameSubject,
  ...locality.random,
];

const withObject = (object: LocalityResult["object"]) => (result: CaseResult) =>
  unchanged(result.locality.neighbours.filter((neighbour) => neighbour.object === object));

const seenInTraining = (seen: boolean) => (result: CaseResult) =>
  correct(result.generality.filter((phrasing) => phrasing.seenInTraining === seen));

const portabilityOf = (kind: string) => (result: CaseResult) =>
  correct(result.portability.filter((probe) => probe.kind === kind));

/** What each case adds to each figure. ES, PS and NS are those of CounterFact (ROME, arXiv 2202.05262). */
export const TALLIES = {
  "accuracy.exactMatch": ({ accuracy }) => correct([accuracy]),
  "accuracy.es": ({ accuracy }) => preferred([accuracy]),
  "accuracy.tokens": ({ accuracy }) => tokenAccuracy([accuracy]),
  "given.exactMatch": ({ given }) => correct(given),
  "generality.exactMatch": ({ generality }) => correct(generality),
  "generality.seen": seenInTraining(true),
  "generality.heldOut": seenInTraining(false),
  "generality.ps": ({ generality }) => preferred(generality),
  "generality.tokens": ({ generality }) => tokenAccuracy(generality),
  "portability.exactMatch": ({ portability }) => correct(portability),
  "portability.tokens": ({ portability }) => tokenAccuracy(portability),
  "portability.twoHop": portabilityOf("two-hop"),
  "portability.multiHop": portabilityOf("multi-hop"),
  "portability.alias": portabilityOf("alias"),
  "portability.reverse": portabilityOf("reverse"),
  "locality.neighbours": ({ locality }) => unchanged(locality.neighbours),
  "locality.neighbours.old": withObject("old"),
  "locality.neighbours.new": withObject("new"),
  "locality.neighbours.other": withObject("other"),
  "locality.sameSubject": ({ locality }) => unchanged(locality.sameSubject),
  "locality.random": ({ locality }) => unchanged(locality.random),
  "locality.ns": ({ locality }) => kept(locality.neighbours),
  "locality.tokens": (result) => recordMean(allLocality(result).map((probe) => probe.tokensUnchanged)),
  "locality.divergence": (result) => tallyOf(allLocality(result).map((probe) => probe.divergence)),
} as const satisfies Record<string, (result: CaseResult) => Tally>;

/** A figure that cases are tallied for. */
export type TalliedFigure = keyof typeof TALLIES;

/** The figure of `tallies`; null where nothing was counted. */
export const ratioOf = (tallies: readonly Tally[]): number | null => {
  const count = tallies.reduce((total, tally) => total + tally.count, 0);
  return count === 0 ? null : tallies.reduce((total, tally) => total + tally.sum, 0) / count;
};

/** A value for each tallied figure, of one sample of cases. */
export type Ratios = (figure: TalliedFigure) => number | null;

const meanOfKnown = (values: readonly (number | null)[]): number | null => {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
};

const localityOf = (ratio: Ratios): number | null =>
  meanOfKnown([ratio("locality.neighbours"), ratio("locality.sameSubject"), ratio("locality.random")]);

/** Figures made of others: means of dataset means. */
export const COMPOSITES = {
  "locality.unchanged": localityOf,
  "s.freeRunning": (ratio) =>
    harmonicMean([ratio("accuracy.exactMatch"), ratio("generality.exactMatch"), localityOf(ratio)]),
  "s.teacherForced": (ratio) =>
    harmonicMean([ratio("accuracy.es"), ratio("generality.ps"), ratio("locality.ns")]),
} as const satisfies Record<string, (ratio: Ratios) => number | null>;

/** A figure of a report. */
export type FigureName = TalliedFigure | keyof typeof COMPOSITES;
