import { addRow, dotRows } from "../linear-algebra/float-rows.ts";
import { type Neurons, preActivation } from "./neurons.ts";

/** What a margin that is missed costs: exp(z), as T-Patcher has it, or max(0, z). */
export type Penalty = "exp" | "hinge";

/** Where neurons are to fire and where to stay silent. */
export interface FiringRule {
  readonly penalty: Penalty;
  /** Least pre-activation on a neuron's own rows. */
  readonly activationMargin: number;
  /** By how much a memory row must lie below 0, and below the neuron's own rows. */
  readonly memoryMargin: number;
  /** Memory rows that count, for each neuron: those with the largest pre-activations. */
  readonly top: number;
  readonly activationWeight: number;
  readonly memoryWeight: number;
}

/** Rows of FFN inputs [N, d]; several arrays, so that none is copied for a loss. */
export type MemoryRows = readonly Float32Array[];

/** One memory row by where it lies. */
export interface RowPlace {
  readonly rows: Float32Array;
  /** Offset of its first element. */
  readonly start: number;
}

const costOf = (penalty: Penalty, z: number): number => (penalty === "exp" ? Math.exp(z) : Math.max(0, z));

const slopeOf = (penalty: Penalty, z: number): number => (penalty === "exp" ? Math.exp(z) : z > 0 ? 1 : 0);

/** The `count`-th largest of `scores`; -∞ where there are no more than that. */
const leastOf = (scores: Float64Array, count: number): number =>
  scores.length <= count ? Number.NEGATIVE_INFINITY : scores.toSorted()[scores.length - count]!;

/** The `count` rows of `memory` with the largest pre-activations of a neuron; more of them where some are equal. */
export const nearestRows = (
  { keys, width }: Neurons,
  neuron: number,
  memory: MemoryRows,
  count: number,
): readonly RowPlace[] => {
  const scores = new Float64Array(memory.reduce((sum, rows) => sum + rows.length, 0) / width);
  let next = 0;
  for (const rows of memory)
    for (let start = 0; start < rows.length; start += width)
      scores[next++] = dotRows(rows, start, keys, neuron * width, width);
  const least = leastOf(scores, count);
  const nearest: RowPlace[] = [];
  next = 0;
  for (const rows of memory)
    for (let start = 0; start < rows.length; start += width)
      if (scores[next++]! >= least) nearest.push({ rows, start });
  return nearest;
};

/** The neuron's own row that it fires least on, with the pre-activation there. */
const weakestOwn = (neurons: Neurons, neuron: number, inputs: Float32Array, rows: readonly number[]) => {
  let weakest = { row: rows[0]!, raised: Number.POSITIVE_INFINITY };
  for (const row of rows) {
    const raised = preActivation(neurons, neuron, inputs, row);
    if (raised < weakest.raised) weakest = { row, raised };
  }
  return weakest;
};

/** One neuron with the rows that it is to fire on and those that it is to stay silent on. */
export interface NeuronTask {
  readonly neuron: number;
  /** [N, d]: inputs of the edit. */
  readonly inputs: Float32Array;
  /** Rows of `inputs` at the neuron's own token, one for each phrasing. */
  readonly own: readonly number[];
  readonly memory: readonly RowPlace[];
}

/**
 * The activation loss of one neuron, mean over its own rows of φ(margin − s) with s = x·k + b. The gradient, times
 * `scale`, is added to `gradients`.
 */
export const activationLoss = (
  neurons: Neurons,
  { neuron, inputs, own }: NeuronTask,
  rule: FiringRule,
  gradients: Neurons,
  scale: number,
): number => {
  const { width } = neurons;
  let sum = 0;
  for (const row of own) {
    const z = rule.activationMargin - preActivation(neurons, neuron, inputs, row);
    const slope = (-slopeOf(rule.penalty, z) * scale) / own.length;
    addRow(gradients.keys, neuron * width, inputs, row * width, width, slope);
    gradients.biases[neuron]! += slope;
    sum += costOf(rule.penalty, z);
  }
  return sum / own.length;
};

/**
 * The memory loss of one neuron (Huang et al. 2023, l_m1 + l_m2): mean over the memory rows that count of
 * φ(s_m − s_e + margin) and of φ(s_m + margin), s_e being the least of its own rows' pre-activations. The gradient,
 * times `scale`, is added to `gradients`.
 */
export const memoryLoss = (
  neurons: Neurons,
  { neuron, inputs, own, memory }: NeuronTask,
  rule: FiringRule,
  gradients: Neurons,
  scale: number,
): number => {
  const { keys, biases, width } = neurons;
  const at = neuron * width;
  const raised = Float64Array.from(
    memory,
    ({ rows, start }) => dotRows(rows, start, keys, at, width) + biases[neuron]!,
  );
  const least = leastOf(raised, rule.top);
  const counted = Math.min(memory.length, rule.top);
  const weakest = weakestOwn(neurons, neuron, inputs, own);
  let sum = 0;
  for (const [index, { rows, start }] of memory.entries()) {
    if (raised[index]! < least) continue;
    const absolute = raised[index]! + rule.memoryMargin;
    const relative = absolute - weakest.raised;
    sum += costOf(rule.penalty, absolute) + costOf(rule.penalty, relative);
    const slopes = [slopeOf(rule.penalty, absolute), slopeOf(rule.penalty, relative)] as const;
    if (slopes[0] + slopes[1] === 0) continue;
    const share = scale / counted;
    addRow(gradients.keys, at, rows, start, width, (slopes[0] + slopes[1]) * share);
    addRow(gradients.keys, at, inputs, weakest.row * width, width, -slopes[1] * share);
    // The relative loss compares two pre-activations, in which the bias cancels.
    gradients.biases[neuron]! += slopes[0] * share;
  }
  return counted === 0 ? 0 : sum / counted;
};

/**
 * The absolute memory loss alone, for neurons without tokens of their own: mean over `memory` of max(0, s + margin).
 * The gradient by the key, times `scale`, is added to `gradients`; the bias stays.
 */
export const absoluteMemoryLoss = (
  { keys, biases, width }: Neurons,
  neuron: number,
  memory: readonly RowPlace[],
  margin: number,
  gradients: Neurons,
  scale: number,
): number => {
  let sum = 0;
  for (const { rows, start } of memory) {
    const z = dotRows(rows, start, keys, neuron * width, width) + biases[neuron]! + margin;
    if (z <= 0) continue;
    addRow(gradients.keys, neuron * width, rows, start, width, scale / memory.length);
    sum += z;
  }
  return memory.length === 0 ? 0 : sum / memory.length;
};
