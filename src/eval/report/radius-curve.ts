import type { CaseResult, EvaluationReport, Nearness } from "../report.ts";

/** Factors on every radius, a factor of 10 down and up. */
const LOWEST_EXPONENT = -1;
const HIGHEST_EXPONENT = 1;
const STEPS = 40;

/** Shares of prompts as a function of the radius. */
export interface RadiusCurve {
  readonly name: string;
  readonly points: readonly (readonly [factor: number, share: number])[];
}

type Probe = { readonly nearest: Nearness | null };

const FACTORS: readonly number[] = Array.from(
  { length: STEPS + 1 },
  (_, step) => 10 ** (LOWEST_EXPONENT + ((HIGHEST_EXPONENT - LOWEST_EXPONENT) * step) / STEPS),
);

/** Share of prompts that a key would reach with all radii multiplied by `factor`: GRACE defers to it by distance. */
const shareWithin = (ratios: readonly number[], factor: number): number =>
  ratios.filter((ratio) => ratio <= factor).length / ratios.length;

const ratiosOf = (probes: readonly Probe[]): readonly number[] =>
  probes.flatMap(({ nearest }) => (nearest === null ? [] : [nearest.distance / nearest.radius]));

const curve = (name: string, probes: readonly Probe[], kept: boolean): RadiusCurve[] => {
  const ratios = ratiosOf(probes);
  if (ratios.length === 0) return [];
  const shareAt = (factor: number) => {
    const reached = shareWithin(ratios, factor);
    return kept ? 1 - reached : reached;
  };
  return [{ name, points: FACTORS.map((factor) => [factor, shareAt(factor)] as const) }];
};

/**
 * Locality against radius, from the measured distance of each prompt to its nearest key: the share of locality
 * prompts that no key would reach, and of phrasings that one would, had every radius been multiplied by a factor. At
 * factor 1 stands what was measured. Empty for methods without a codebook.
 */
export const radiusCurves = ({ cases }: EvaluationReport): readonly RadiusCurve[] => {
  const all = <Item>(of: (result: CaseResult) => readonly Item[]): readonly Item[] => cases.flatMap(of);
  return [
    ...curve(
      "phrasings reached",
      all(({ generality }) => generality),
      false,
    ),
    ...curve(
      "neighbours left alone",
      all(({ locality }) => locality.neighbours),
      true,
    ),
    ...curve(
      "same subject left alone",
      all(({ locality }) => locality.sameSubject),
      true,
    ),
    ...curve(
      "random left alone",
      all(({ locality }) => locality.random),
      true,
    ),
  ];
};
