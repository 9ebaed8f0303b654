import { z } from "zod";
import type { ShiftSettings } from "./optimize-shifts.ts";

/** Most Adam steps that may be asked for. */
const MAX_STEPS = 1000;

/** The settings of `optimizeShifts`, as methods offer them. */
export const shiftSettingsSchema = {
  steps: z.coerce.number().int().positive().max(MAX_STEPS).default(25),
  // Below the 0.5 of ROME's code: shifts come out shorter, and the updates of many edits add up.
  "learning-rate": z.coerce.number().positive().default(0.2),
  "weight-decay": z.coerce.number().nonnegative().default(0.01),
  "kl-factor": z.coerce.number().nonnegative().default(0),
  clamp: z.coerce.number().positive().default(4),
  "loss-target": z.coerce.number().positive().default(0.05),
};

const parsedSchema = z.object(shiftSettingsSchema);

/** What each of them means, and its default. */
export const shiftSettings = {
  steps: { default: "25", meaning: "most Adam steps on one edit" },
  "learning-rate": { default: "0.2", meaning: "Adam's step" },
  "weight-decay": { default: "0.01", meaning: "weight of the shift's length over the squared length of v" },
  "kl-factor": {
    default: "0",
    meaning: "weight of the divergence at a neutral prompt about the subject; the paper has 0.0625",
  },
  clamp: { default: "4", meaning: "largest shift, as a multiple of the length of v" },
  "loss-target": { default: "0.05", meaning: "total loss to stop below, in nats" },
} as const;

/** The settings as `optimizeShifts` takes them. */
export const toShiftSettings = (settings: z.infer<typeof parsedSchema>): ShiftSettings => ({
  steps: settings.steps,
  learningRate: settings["learning-rate"],
  decay: settings["weight-decay"],
  klFactor: settings["kl-factor"],
  clamp: settings.clamp,
  lossTarget: settings["loss-target"],
});
