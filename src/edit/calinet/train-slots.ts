import { ok, type Result } from "../../core/result.ts";
import { Adam } from "../../optim/adam.ts";
import { addRow, dotRows } from "../linear-algebra/float-rows.ts";
import { rootMeanSquare } from "../linear-algebra/root-mean-square.ts";
import { absoluteMemoryLoss, type MemoryRows, nearestRows } from "../neurons/memory-loss.ts";
import { addNeuronGradients, addOutputs, type Neurons, zeroNeurons } from "../neurons/neurons.ts";
import type { StreamLoss, TargetRows } from "../neurons/stream-loss.ts";
import { letEventsIn } from "../running/let-events-in.ts";
import type { CaliNetSettings } from "./settings.ts";

/** Memory rows that count for each slot, and steps after which they are chosen anew. */
const NEAREST = 64;
const CHOOSE_EVERY = 10;

/** Rows of all facts of a set. */
export interface SlotJob extends TargetRows {
  /** [N, d] */
  readonly inputs: Float32Array;
  readonly slots: number;
  /** Empty where no memory loss is wanted. */
  readonly memory: MemoryRows;
  readonly onStep: (done: number, total: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Slots, trained. */
export interface TrainedSlots {
  readonly neurons: Neurons;
  readonly steps: number;
  /** Mean negative log-likelihood of all targets, in nats. */
  readonly loss: number;
}

/**
 * Slots before the first step: keys q/|q|² for inputs q at even distances over all rows, values of zero. Where the
 * published ones are random, these fire on the facts from the start, and are the same every time.
 */
export const initialSlots = ({ inputs, targets, slots }: Pick<SlotJob, "inputs" | "targets" | "slots">) => {
  const rows = targets.length;
  const width = inputs.length / rows;
  const neurons = zeroNeurons(slots, width);
  for (let slot = 0; slot < slots; slot++) {
    const start = Math.floor((slot * rows) / slots) * width;
    const square = dotRows(inputs, start, inputs, start, width);
    addRow(neurons.keys, slot * width, inputs, start, width, 1 / square);
  }
  return neurons;
};

/** Adds the gradient of the memory loss of every slot, times `weight`. */
const addMemoryGradients = (
  neurons: Neurons,
  nearest: readonly ReturnType<typeof nearestRows>[],
  { "memory-weight": weight, "memory-margin": margin }: CaliNetSettings,
  gradients: Neurons,
): void => {
  for (const [slot, rows] of nearest.entries())
    absoluteMemoryLoss(neurons, slot, rows, margin, gradients, weight / neurons.count);
};

/**
 * Trains K and V of relu(xK)V jointly over all rows of a set of facts, until the mean loss reaches its target or the
 * steps are used up. Deterministic. Fails with `cancelled` and as the runtime does.
 */
export const trainSlots = async (
  job: SlotJob,
  loss: StreamLoss,
  settings: CaliNetSettings,
): Promise<Result<TrainedSlots>> => {
  const neurons = initialSlots(job);
  const gradients = zeroNeurons(neurons.count, neurons.width);
  const streamGradient = new Float32Array(job.stream.length);
  const keyAdam = new Adam(neurons.keys.length, settings["key-rate"] * rootMeanSquare(neurons.keys));
  const valueAdam = new Adam(neurons.values.length, settings["value-rate"] * rootMeanSquare(job.stream));
  let nearest: readonly ReturnType<typeof nearestRows>[] = [];
  for (let steps = 0; ; steps++) {
    const running = await letEventsIn(job.signal);
    if (!running.ok) return running;
    const stream = job.stream.slice();
    addOutputs(neurons, job.inputs, stream);
    const value = await loss.differentiate({ stream, targets: job.targets }, streamGradient);
    if (!value.ok) return value;
    if (value.value <= settings["loss-target"] || steps === settings.steps)
      return ok({ neurons, steps, loss: value.value });
    gradients.keys.fill(0);
    gradients.values.fill(0);
    addNeuronGradients(neurons, job.inputs, streamGradient, gradients);
    if (job.memory.length > 0) {
      if (steps % CHOOSE_EVERY === 0)
        nearest = Array.from({ length: neurons.count }, (_, slot) =>
          nearestRows(neurons, slot, job.memory, NEAREST),
        );
      addMemoryGradients(neurons, nearest, settings, gradients);
    }
    keyAdam.step(neurons.keys, gradients.keys);
    valueAdam.step(neurons.values, gradients.values);
    job.onStep(steps + 1, settings.steps);
  }
};
