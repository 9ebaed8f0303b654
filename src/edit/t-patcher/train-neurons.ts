import { ok, type Result } from "../../core/result.ts";
import { Adam } from "../../optim/adam.ts";
import { addRow, dotRows } from "../linear-algebra/float-rows.ts";
import { rootMeanSquare } from "../linear-algebra/root-mean-square.ts";
import type { EditRows } from "../neurons/edit-rows.ts";
import {
  activationLoss,
  type FiringRule,
  type MemoryRows,
  memoryLoss,
  type NeuronTask,
  nearestRows,
} from "../neurons/memory-loss.ts";
import { addNeuronGradients, addOutputs, type Neurons, zeroNeurons } from "../neurons/neurons.ts";
import type { StreamLoss } from "../neurons/stream-loss.ts";
import type { TPatcherSettings } from "./settings.ts";

/** Steps between two looks at the whole memory and at the validation memory. */
const CHECK_EVERY = 5;

/** By how much the validation loss must fall between two looks to go on for its sake. */
const IMPROVEMENT = 1e-3;

/** Memory rows of a neuron that are followed between two looks, as a multiple of those that count. */
const FOLLOWED = 4;

/** Adam's step on biases: pre-activations are about 1. */
const BIAS_RATE = 0.02;

/** An edit to train neurons for. */
export interface NeuronJob {
  readonly rows: EditRows;
  /** Target tokens that get a neuron each, by their place in the target. */
  readonly places: readonly number[];
  readonly memory: MemoryRows;
  readonly validation: MemoryRows;
  /** Rows of earlier edits, part of both: no neuron may fire there. */
  readonly edited: MemoryRows;
}

/** Neurons, trained. */
export interface TrainedNeurons {
  readonly neurons: Neurons;
  readonly steps: number;
  /** Mean negative log-likelihood of the target over all phrasings, in nats. */
  readonly loss: number;
  /** Memory losses of the last step and of the last look at the validation memory. */
  readonly memoryLoss: number;
  readonly validationLoss: number;
}

const ruleOf = (settings: TPatcherSettings): FiringRule => ({
  penalty: settings.penalty,
  activationMargin: settings["activation-margin"],
  memoryMargin: settings["memory-margin"],
  top: settings["memory-top"],
  activationWeight: settings["activation-weight"],
  memoryWeight: settings["memory-weight"],
});

const ownRows = ({ phrasings, tokens }: EditRows, place: number): readonly number[] =>
  Array.from({ length: phrasings }, (_, phrasing) => phrasing * tokens + place);

/**
 * Neurons before the first step, one for each place: k = q/|q|², b = 0, q being the mean of the inputs there over
 * the phrasings, so that x·k is 1 on average. Values are zero: where the published ones are random, these start from
 * the model as it is, and are the same every time.
 */
export const initialNeurons = ({ rows, places }: Pick<NeuronJob, "rows" | "places">): Neurons => {
  const width = rows.inputs.length / rows.targets.length;
  const neurons = zeroNeurons(places.length, width);
  for (const [neuron, place] of places.entries()) {
    const mean = new Float32Array(width);
    for (const row of ownRows(rows, place))
      addRow(mean, 0, rows.inputs, row * width, width, 1 / rows.phrasings);
    addRow(neurons.keys, neuron * width, mean, 0, width, 1 / dotRows(mean, 0, mean, 0, width));
  }
  return neurons;
};

/** The tasks of all neurons, each with the memory rows nearest to it now. */
const tasksOf = (
  { rows, places }: NeuronJob,
  neurons: Neurons,
  memory: MemoryRows,
  count: number,
): readonly NeuronTask[] =>
  places.map((place, neuron) => ({
    neuron,
    inputs: rows.inputs,
    own: ownRows(rows, place),
    memory: nearestRows(neurons, neuron, memory, count),
  }));

const clear = ({ keys, biases, values }: Neurons): void => {
  for (const part of [keys, biases, values]) part.fill(0);
};

/** Means over the neurons of the losses that keep them where they belong; gradients are added. */
const firingLosses = (
  neurons: Neurons,
  tasks: readonly NeuronTask[],
  rule: FiringRule,
  gradients: Neurons,
): { readonly activation: number; readonly memory: number } => {
  const share = 1 / tasks.length;
  let activation = 0;
  let memory = 0;
  for (const task of tasks) {
    activation += share * activationLoss(neurons, task, rule, gradients, share * rule.activationWeight);
    memory += share * memoryLoss(neurons, task, rule, gradients, share * rule.memoryWeight);
  }
  return { activation, memory };
};

class NeuronTraining {
  readonly #job: NeuronJob;
  readonly #loss: StreamLoss;
  readonly #settings: TPatcherSettings;
  readonly #rule: FiringRule;
  readonly #neurons: Neurons;
  readonly #gradients: Neurons;
  readonly #streamGradient: Float32Array;
  readonly #adams: readonly [Adam, Adam, Adam];

  constructor(job: NeuronJob, loss: StreamLoss, settings: TPatcherSettings) {
    this.#job = job;
    this.#loss = loss;
    this.#settings = settings;
    this.#rule = ruleOf(settings);
    this.#neurons = initialNeurons(job);
    const { count, width, keys, biases, values } = this.#neurons;
    this.#gradients = zeroNeurons(count, width);
    this.#streamGradient = new Float32Array(job.rows.stream.length);
    this.#adams = [
      new Adam(keys.length, settings["key-rate"] * rootMeanSquare(keys)),
      new Adam(biases.length, BIAS_RATE),
      new Adam(values.length, settings["value-rate"] * rootMeanSquare(job.rows.stream)),
    ];
  }

  async run(): Promise<Result<TrainedNeurons>> {
    const { steps: most, "loss-target": target } = this.#settings;
    let tasks: readonly NeuronTask[] = [];
    let validated = Number.POSITIVE_INFINITY;
    for (let steps = 0; ; steps++) {
      const looks = steps % CHECK_EVERY === 0;
      if (looks) tasks = tasksOf(this.#job, this.#neurons, this.#job.memory, this.#rule.top * FOLLOWED);
      const now = await this.#differentiate(tasks);
      if (!now.ok) return now;
      const { loss, memory } = now.value;
      const reached = looks && loss <= target && this.#fires(tasks) && this.#silentOnEdits();
      const before = validated;
      if (reached || steps === most) validated = this.#validate();
      if (steps === most || (reached && before - validated < IMPROVEMENT))
        return ok({ neurons: this.#neurons, steps, loss, memoryLoss: memory, validationLoss: validated });
      this.#step();
    }
  }

  async #differentiate(tasks: readonly NeuronTask[]) {
    const { rows } = this.#job;
    clear(this.#gradients);
    const stream = rows.stream.slice();
    addOutputs(this.#neurons, rows.inputs, stream);
    const loss = await this.#loss.differentiate({ stream, targets: rows.targets }, this.#streamGradient);
    if (!loss.ok) return loss;
    addNeuronGradients(this.#neurons, rows.inputs, this.#streamGradient, this.#gradients);
    const firing = firingLosses(this.#neurons, tasks, this.#rule, this.#gradients);
    return ok({ loss: loss.value, memory: firing.memory });
  }

  #step(): void {
    const parts = ["keys", "biases", "values"] as const;
    for (const [index, part] of parts.entries())
      this.#adams[index]!.step(this.#neurons[part], this.#gradients[part]);
  }

  /** The memory loss on texts that no gradient comes from. */
  #validate(): number {
    const { count, width } = this.#neurons;
    const tasks = tasksOf(this.#job, this.#neurons, this.#job.validation, this.#rule.top);
    return firingLosses(this.#neurons, tasks, this.#rule, zeroNeurons(count, width)).memory;
  }

  /** Whether no neuron fires where an earlier edit acts. */
  #silentOnEdits(): boolean {
    const { keys, biases, width } = this.#neurons;
    const tasks = tasksOf(this.#job, this.#neurons, this.#job.edited, 1);
    return tasks.every(({ neuron, memory }) =>
      memory.every(
        ({ rows, start }) => dotRows(rows, start, keys, neuron * width, width) + biases[neuron]! <= 0,
      ),
    );
  }

  /** Whether every neuron fires on its own token in every phrasing. */
  #fires(tasks: readonly NeuronTask[]): boolean {
    const { keys, biases, width } = this.#neurons;
    return tasks.every(({ neuron, inputs, own }) =>
      own.every((row) => dotRows(inputs, row * width, keys, neuron * width, width) + biases[neuron]! > 0),
    );
  }
}

/**
 * Trains neurons by L = l_e + a·l_a + m·l_m (Huang et al. 2023): the target's negative log-likelihood through the
 * frozen rest of the model, the activation loss, and the memory losses. Stops early once the loss target is reached,
 * every neuron fires where it should and none where an earlier edit does, and the validation memory no longer gains. Deterministic.
 */
export const trainNeurons = (
  job: NeuronJob,
  loss: StreamLoss,
  settings: TPatcherSettings,
): Promise<Result<TrainedNeurons>> => new NeuronTraining(job, loss, settings).run();
