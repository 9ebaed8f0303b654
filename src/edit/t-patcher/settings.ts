import { z } from "zod";
import type { Result } from "../../core/result.ts";
import { parseSettings } from "../frame/parse-settings.ts";

/** Most Adam steps that may be asked for. */
const MAX_STEPS = 1000;

/** Most texts of the model's domain in memory. */
const MAX_MEMORY = 10_000;

const schema = z.strictObject({
  memory: z.coerce.number().int().nonnegative().max(MAX_MEMORY).default(450),
  penalty: z.enum(["exp", "hinge"]).default("hinge"),
  "activation-margin": z.coerce.number().default(1),
  "memory-margin": z.coerce.number().default(1),
  "activation-weight": z.coerce.number().nonnegative().default(1),
  "memory-weight": z.coerce.number().nonnegative().default(5),
  "memory-top": z.coerce.number().int().positive().default(64),
  steps: z.coerce.number().int().positive().max(MAX_STEPS).default(100),
  "key-rate": z.coerce.number().positive().default(0.5),
  "value-rate": z.coerce.number().positive().default(0.1),
  "loss-target": z.coerce.number().positive().default(0.02),
});

/** T-Patcher's settings, parsed. */
export type TPatcherSettings = z.infer<typeof schema>;

/** What each setting means, and its default. */
export const tPatcherSettings = {
  memory: { default: "450", meaning: "texts of the model's domain that neurons must stay silent on" },
  penalty: { default: "hinge", meaning: "what a missed margin costs: exp, as published, or hinge" },
  "activation-margin": { default: "1", meaning: "least pre-activation on a neuron's own token" },
  "memory-margin": {
    default: "1",
    meaning: "how far memory must lie below 0, and below a neuron's own token",
  },
  "activation-weight": { default: "1", meaning: "weight of the activation loss" },
  "memory-weight": { default: "5", meaning: "weight of the memory losses" },
  "memory-top": { default: "64", meaning: "memory states that count for each neuron, the nearest" },
  steps: {
    default: "100",
    meaning: "most Adam steps on the neurons of one edit; twice that where it does not hold",
  },
  "key-rate": { default: "0.5", meaning: "Adam's step on keys, as a share of their root mean square" },
  "value-rate": { default: "0.1", meaning: "Adam's step on values, as a share of the residual stream's" },
  "loss-target": {
    default: "0.02",
    meaning: "mean negative log-likelihood of the target, in nats, to stop at",
  },
} as const;

/** Reads settings given as text; names the one that does not fit. */
export const parseTPatcherSettings = (settings: Readonly<Record<string, string>>): Result<TPatcherSettings> =>
  parseSettings("T-Patcher", schema, tPatcherSettings, settings);
