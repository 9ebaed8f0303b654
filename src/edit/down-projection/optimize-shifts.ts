import { ok, type Result } from "../../core/result.ts";
import { Adam } from "../../optim/adam.ts";
import { letEventsIn } from "../running/let-events-in.ts";
import type { ShiftLoss } from "./shift-gradients.ts";

/** How shifts are optimised; the names are those of ROME's reference code in full. */
export interface ShiftSettings {
  /** Most Adam steps. */
  readonly steps: number;
  readonly learningRate: number;
  /** Weight of ‖δ‖ / ‖v‖², v being what the FFN (MEMIT: the block) returns at the lookup before the edit. */
  readonly decay: number;
  /** Weight of the divergence. */
  readonly klFactor: number;
  /** Most that ‖δ‖ may be, as a multiple of ‖v‖. */
  readonly clamp: number;
  /** Total loss to stop below, in nats. */
  readonly lossTarget: number;
}

/** What shifts of the residual stream are optimised for. */
export interface ShiftObjective {
  /** The mean negative log-likelihood of the target. */
  readonly target: ShiftLoss;
  /** How far a prompt that should not change has moved; null where there is none. */
  readonly divergence: ShiftLoss | null;
  /** [n]: ‖v‖ at each shift's first lookup. */
  readonly norms: readonly number[];
  readonly width: number;
}

/** Shifts, optimised. */
export interface OptimizedShifts {
  /** [n, d] */
  readonly shifts: Float32Array;
  readonly steps: number;
  /** The total loss before each step, then of the result. */
  readonly losses: readonly number[];
  /** The mean negative log-likelihood of the target with the shifts, in nats. */
  readonly loss: number;
}

const normOf = (vector: Float32Array): number => Math.hypot(...vector);

/** Adds the decay's gradient and returns the decay itself. */
const addDecay = (
  shifts: Float32Array,
  gradient: Float32Array,
  { norms, width }: ShiftObjective,
  weight: number,
): number => {
  let sum = 0;
  for (const [index, norm] of norms.entries()) {
    const start = index * width;
    const length = normOf(shifts.subarray(start, start + width));
    sum += (weight * length) / norm ** 2;
    if (length === 0) continue;
    for (let i = start; i < start + width; i++) gradient[i]! += (weight * shifts[i]!) / (length * norm ** 2);
  }
  return sum;
};

const clampShifts = (shifts: Float32Array, { norms, width }: ShiftObjective, clamp: number): void => {
  for (const [index, norm] of norms.entries()) {
    const shift = shifts.subarray(index * width, (index + 1) * width);
    const length = normOf(shift);
    if (length <= clamp * norm) continue;
    for (let i = 0; i < width; i++) shift[i]! *= (clamp * norm) / length;
  }
};

/** Adds `loss`'s gradient times `factor` to `gradient` and returns the loss times `factor`. */
const addScaled = async (
  loss: ShiftLoss,
  factor: number,
  shifts: Float32Array,
  gradient: Float32Array,
): Promise<number> => {
  const own = new Float32Array(shifts.length);
  const value = await loss.evaluate(shifts, own);
  for (let i = 0; i < own.length; i++) gradient[i]! += factor * own[i]!;
  return factor * value;
};

/**
 * The shifts δ that ROME's v* adds to what an FFN returns (Meng et al. 2022, arXiv 2202.05262, equation 4): Adam from
 * zero on the target's loss, the divergence and the decay, each δ held within the clamp, until the total loss is below
 * the target or the steps are spent. Fails with `cancelled`.
 */
export const optimizeShifts = async (
  objective: ShiftObjective,
  settings: ShiftSettings,
  signal?: AbortSignal,
): Promise<Result<OptimizedShifts>> => {
  const { target, divergence, norms, width } = objective;
  const shifts = new Float32Array(norms.length * width);
  const gradient = new Float32Array(shifts.length);
  const adam = new Adam(shifts.length, settings.learningRate);
  const losses: number[] = [];
  for (let steps = 0; ; steps++) {
    const running = await letEventsIn(signal);
    if (!running.ok) return running;
    gradient.fill(0);
    const loss = await target.evaluate(shifts, gradient);
    const kept = divergence ? await addScaled(divergence, settings.klFactor, shifts, gradient) : 0;
    const total = loss + kept + addDecay(shifts, gradient, objective, settings.decay);
    losses.push(total);
    if (total < settings.lossTarget || steps === settings.steps) return ok({ shifts, steps, losses, loss });
    adam.step(shifts, gradient);
    clampShifts(shifts, objective, settings.clamp);
  }
};
