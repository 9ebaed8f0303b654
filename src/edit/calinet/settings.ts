import { z } from "zod";
import { adviceOr, parseSettings, type SettingsOf } from "../frame/settings.ts";

/** Most slots of one patch. */
const MAX_SLOTS = 4096;

/** Most Adam steps that may be asked for. */
const MAX_STEPS = 5000;

/** Most texts of the model's domain in memory. */
const MAX_MEMORY = 10_000;

/** What each setting means, and its default. */
export const caliNetSettings = {
  slots: {
    default: "scaled",
    meaning: "slots shared by all facts; scaled: 64 for each 100, and 8 at least",
    schema: adviceOr("scaled", z.coerce.number().int().positive().max(MAX_SLOTS)),
  },
  steps: {
    default: "500",
    meaning: "most Adam steps, each over all facts",
    schema: z.coerce.number().int().positive().max(MAX_STEPS),
  },
  "key-rate": {
    default: "0.5",
    meaning: "Adam's step on keys, as a share of their root mean square",
    schema: z.coerce.number().positive(),
  },
  "value-rate": {
    default: "0.05",
    meaning: "Adam's step on values, as a share of the residual stream's",
    schema: z.coerce.number().positive(),
  },
  "loss-target": {
    default: "0.02",
    meaning: "mean negative log-likelihood of the targets, in nats, to stop at",
    schema: z.coerce.number().positive(),
  },
  "memory-weight": {
    default: "0",
    meaning:
      "weight of a loss that keeps slots silent on the model's domain; 0, as published, has none; too much of it silences them for good",
    schema: z.coerce.number().nonnegative(),
  },
  "memory-margin": {
    default: "0",
    meaning: "with it: how far slots must lie below 0 there",
    schema: z.coerce.number(),
  },
  memory: {
    default: "450",
    meaning: "with it: texts of the model's domain",
    schema: z.coerce.number().int().nonnegative().max(MAX_MEMORY),
  },
} as const;

/** CaliNet's settings, parsed; `slots` is null where it scales with the number of facts. */
export type CaliNetSettings = SettingsOf<typeof caliNetSettings>;

/** Slots for a number of facts: the paper's 64 for 100, and a few at least. */
export const slotsFor = (facts: number): number => Math.min(MAX_SLOTS, Math.max(8, Math.ceil(0.64 * facts)));

/** Reads settings given as text; names those that do not fit. */
export const parseCaliNetSettings = (settings: Readonly<Record<string, string>>) =>
  parseSettings("CaliNet", caliNetSettings, settings);
