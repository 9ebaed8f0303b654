import { z } from "zod";
import type { Result } from "../../core/result.ts";
import { parseSettings } from "../frame/parse-settings.ts";

/** Most slots of one patch. */
const MAX_SLOTS = 4096;

/** Most Adam steps that may be asked for. */
const MAX_STEPS = 5000;

/** Most texts of the model's domain in memory. */
const MAX_MEMORY = 10_000;

const schema = z.strictObject({
  slots: z
    .literal("scaled")
    .transform(() => null)
    .or(z.coerce.number().int().positive().max(MAX_SLOTS))
    .default(null),
  steps: z.coerce.number().int().positive().max(MAX_STEPS).default(500),
  "key-rate": z.coerce.number().positive().default(0.5),
  "value-rate": z.coerce.number().positive().default(0.05),
  "loss-target": z.coerce.number().positive().default(0.02),
  "memory-weight": z.coerce.number().nonnegative().default(0),
  "memory-margin": z.coerce.number().default(0),
  memory: z.coerce.number().int().nonnegative().max(MAX_MEMORY).default(450),
});

/** CaliNet's settings, parsed; `slots` is null where it scales with the number of facts. */
export type CaliNetSettings = z.infer<typeof schema>;

/** What each setting means, and its default. */
export const caliNetSettings = {
  slots: { default: "scaled", meaning: "slots shared by all facts; scaled: 64 for each 100, and 8 at least" },
  steps: { default: "500", meaning: "most Adam steps, each over all facts" },
  "key-rate": { default: "0.5", meaning: "Adam's step on keys, as a share of their root mean square" },
  "value-rate": { default: "0.05", meaning: "Adam's step on values, as a share of the residual stream's" },
  "loss-target": {
    default: "0.02",
    meaning: "mean negative log-likelihood of the targets, in nats, to stop at",
  },
  "memory-weight": {
    default: "0",
    meaning:
      "weight of a loss that keeps slots silent on the model's domain; 0, as published, has none; too much of it silences them for good",
  },
  "memory-margin": { default: "0", meaning: "with it: how far slots must lie below 0 there" },
  memory: { default: "450", meaning: "with it: texts of the model's domain" },
} as const;

/** Slots for a number of facts: the paper's 64 for 100, and a few at least. */
export const slotsFor = (facts: number): number => Math.min(MAX_SLOTS, Math.max(8, Math.ceil(0.64 * facts)));

/** Reads settings given as text; names the one that does not fit. */
export const parseCaliNetSettings = (settings: Readonly<Record<string, string>>): Result<CaliNetSettings> =>
  parseSettings("CaliNet", schema, caliNetSettings, settings);
