import { notNegative, positive, type SettingsOf, setting, wholeNumber } from "../frame/settings.ts";
import type { ShiftSettings } from "./optimize-shifts.ts";

/** Most Adam steps that may be asked for. */
const MAX_STEPS = 1000;

/** The settings of `optimizeShifts`, as methods offer them: what each means, and its default. */
export const shiftSettings = {
  steps: setting("25", "most Adam steps on one edit", wholeNumber(1, MAX_STEPS)),
  // Below the 0.5 of ROME's code: shifts come out shorter, and the updates of many edits add up.
  "learning-rate": setting("0.2", "Adam's step", positive),
  "weight-decay": setting("0.01", "weight of the shift's length over the squared length of v", notNegative),
  "kl-factor": setting(
    "0",
    "weight of the divergence at a neutral prompt about the subject; the paper has 0.0625",
    notNegative,
  ),
  clamp: setting("4", "largest shift, as a multiple of the length of v", positive),
  "loss-target": setting("0.05", "total loss to stop below, in nats", positive),
};

/** The settings as `optimizeShifts` takes them. */
export const toShiftSettings = (settings: SettingsOf<typeof shiftSettings>): ShiftSettings => ({
  steps: settings.steps,
  learningRate: settings["learning-rate"],
  decay: settings["weight-decay"],
  klFactor: settings["kl-factor"],
  clamp: settings.clamp,
  lossTarget: settings["loss-target"],
});
