/** What a run reports after each step. */
export interface TrainingProgress {
  readonly epoch: number;
  readonly epochs: number;
  /** Steps taken since the run began, resumed parts included. */
  readonly step: number;
  /** Mean loss of the last steps, in nats. */
  readonly loss: number;
  readonly learningRate: number;
  /** Padding included. */
  readonly tokensPerSecond: number;
  readonly secondsLeft: number;
}

/** Steps that the reported loss is averaged over. */
const LOSS_WINDOW = 20;

/** Measures the pace of a run that has `done` (0 to 1) behind it; `now` gives milliseconds. */
export const createProgressMeter = (done: number, now: () => number) => {
  const started = now();
  let tokens = 0;
  return {
    /** Takes note of a step over `stepTokens` tokens after which `progress` of the run is behind it. */
    measure(
      stepTokens: number,
      progress: number,
      losses: readonly number[],
    ): Pick<TrainingProgress, "loss" | "tokensPerSecond" | "secondsLeft"> {
      tokens += stepTokens;
      const seconds = (now() - started) / 1000;
      const recent = losses.slice(-LOSS_WINDOW);
      return {
        loss: recent.reduce((sum, loss) => sum + loss, 0) / recent.length,
        tokensPerSecond: tokens / seconds,
        secondsLeft: (seconds * (1 - progress)) / (progress - done),
      };
    },
  };
};

/** One line for a terminal. */
export const formatProgress = (progress: TrainingProgress): string => {
  const { epoch, epochs, step, loss, tokensPerSecond, secondsLeft } = progress;
  const minutes = Math.floor(secondsLeft / 60);
  const seconds = String(Math.round(secondsLeft) % 60).padStart(2, "0");
  return `epoch ${epoch + 1}/${epochs}  step ${step}  loss ${loss.toFixed(4)}  ${Math.round(tokensPerSecond)} tokens/s  ${minutes}:${seconds} left`;
};
