/** The course of the learning rate over a run. */
export interface Schedule {
  /** The peak. */
  readonly learningRate: number;
  /** Steps of linear warm-up. */
  readonly warmUp: number;
  /** Where the cosine ends, as a share of `learningRate`. */
  readonly finalShare: number;
}

/**
 * The learning rate of step number `step` (from 0), taken when `progress` (0 to 1) of the run is done: half a cosine
 * down to the final share (Loshchilov & Hutter 2017), under a linear rise over the first `warmUp` steps.
 */
export const learningRateAt = (
  step: number,
  progress: number,
  { learningRate, warmUp, finalShare }: Schedule,
): number => {
  const rise = step < warmUp ? (step + 1) / warmUp : 1;
  const cosine = 0.5 * (1 + Math.cos(Math.PI * progress));
  return learningRate * rise * (finalShare + (1 - finalShare) * cosine);
};
