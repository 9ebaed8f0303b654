import { setImmediate } from "node:timers/promises";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { adamWStep } from "../../optim/adamw.ts";
import { clipGlobalNorm } from "../../optim/clip-global-norm.ts";
import { learningRateAt } from "../../optim/schedule.ts";
import type { Corpus } from "../../world/corpus.ts";
import type { TrainConfig } from "../config.ts";
import { type Batch, packBatches, sequenceEncoder } from "../data/batches.ts";
import { epochSequences } from "../data/epoch-sequences.ts";
import { parametersOf } from "../decoder/parameters.ts";
import type { TrainingState } from "./checkpoint.ts";
import { createProgressMeter, type TrainingProgress } from "./progress.ts";
import { createTrainingStep } from "./training-step.ts";

/** What the loop needs besides its state. */
export interface TrainingParts {
  readonly config: TrainConfig;
  readonly corpus: Corpus;
  readonly encode: (text: string) => readonly number[];
  /** Called after each epoch but the last, and when the run is cancelled. */
  readonly saveState: (state: TrainingState) => Promise<void>;
  readonly onProgress?: ((progress: TrainingProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Makes the batches of an epoch, the same ones each time it is asked. */
const epochBatches = ({ config, corpus, encode }: TrainingParts): ((epoch: number) => Batch[]) => {
  const { context } = config.model;
  const toIds = sequenceEncoder(encode, config.corpus.promptWeight, context);
  return (epoch) =>
    packBatches(
      epochSequences(corpus, config, epoch).map(toIds),
      config.optimizer.tokensPerStep,
      context,
      config.seed,
      "batches",
      epoch,
    );
};

const cancelled = async (run: TrainingParts, state: TrainingState): Promise<Result<never>> => {
  await run.saveState(state);
  return fail(
    problem("cancelled", `Training was stopped after step ${state.adam.step}; its checkpoint resumes it.`),
  );
};

/**
 * Trains from `state` to the end of the last epoch, changing `state` in place. Step for step the same numbers,
 * whether in one go or resumed. Fails with `cancelled` on the signal, and as the graph passes do.
 */
export const runTraining = async (run: TrainingParts, state: TrainingState): Promise<Result<void>> => {
  const { config } = run;
  const { epochs, clip } = config.optimizer;
  const parameters = parametersOf(config.model);
  const gradients = new Float32Array(state.weights.length);
  const step = createTrainingStep(config, parameters, state.weights, gradients);
  const batchesFor = epochBatches(run);
  const progressIn = (batches: number) => (state.epoch + state.batch / batches) / epochs;
  try {
    let meter: ReturnType<typeof createProgressMeter> | undefined;
    for (; state.epoch < epochs; state.epoch++, state.batch = 0) {
      const batches = batchesFor(state.epoch);
      meter ??= createProgressMeter(progressIn(batches.length), () => performance.now());
      if (state.batch === 0 && state.epoch > 0) await run.saveState(state);
      while (state.batch < batches.length) {
        if (run.signal?.aborted) return await cancelled(run, state);
        const batch = batches[state.batch]!;
        const loss = await step.run(batch);
        if (!loss.ok) return loss;
        const learningRate = learningRateAt(state.adam.step, progressIn(batches.length), config.optimizer);
        clipGlobalNorm(gradients, clip);
        adamWStep(state.weights, gradients, state.adam, parameters, config.optimizer, learningRate);
        state.losses.push(loss.value);
        state.batch++;
        run.onProgress?.({
          epoch: state.epoch,
          epochs,
          step: state.adam.step,
          learningRate,
          ...meter.measure(batch.inputs.length, progressIn(batches.length), state.losses),
        });
        // The runtime blocks the event loop; this lets a signal through.
        await setImmediate();
      }
    }
    return ok(undefined);
  } finally {
    await step.release();
  }
};
