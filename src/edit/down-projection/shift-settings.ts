import { z } from "zod";
import type { SettingsOf } from "../frame/settings.ts";
import type { ShiftSettings } from "./optimize-shifts.ts";

/** Most Adam steps that may be asked for. */
const MAX_STEPS = 1000;

/** The settings of `optimizeShifts`, as methods offer them: what each means, and its default. */
export const shiftSettings = {
  steps: {
    default: "25",
    meaning: "most Adam steps on one edit",
    schema: z.coerce.number().int().positive().max(MAX_STEPS),
  },
  // Below the 0.5 of ROME's code: shifts come out shorter, and the updates of many edits add up.
  "learning-rate": { default: "0.2", meaning: "Adam's step", schema: z.coerce.number().positive() },
  "weight-decay": {
    default: "0.01",
    meaning: "weight of the shift's length over the squared length of v",
    schema: z.coerce.number().nonnegative(),
  },
  "kl-factor": {
    default: "0",
    meaning: "weight of the divergence at a neutral prompt about the subject; the paper has 0.0625",
    schema: z.coerce.number().nonnegative(),
  },
  clamp: {
    default: "4",
    meaning: "largest shift, as a multiple of the length of v",
    schema: z.coerce.number().positive(),
  },
  "loss-target": {
    default: "0.05",
    meaning: "total loss to stop below, in nats",
    schema: z.coerce.number().positive(),
  },
} as const;

/** The settings as `optimizeShifts` takes them. */
export const toShiftSettings = (settings: SettingsOf<typeof shiftSettings>): ShiftSettings => ({
  steps: settings.steps,
  learningRate: settings["learning-rate"],
  decay: settings["weight-decay"],
  klFactor: settings["kl-factor"],
  clamp: settings.clamp,
  lossTarget: settings["loss-target"],
});
