import { z } from "zod";
import { parseSettings, type SettingsOf } from "../frame/settings.ts";

/** Most Adam steps that may be asked for. */
const MAX_STEPS = 1000;

/** Most texts of the model's domain in memory. */
const MAX_MEMORY = 10_000;

/** What each setting means, and its default. */
export const tPatcherSettings = {
  memory: {
    default: "450",
    meaning: "texts of the model's domain that neurons must stay silent on",
    schema: z.coerce.number().int().nonnegative().max(MAX_MEMORY),
  },
  penalty: {
    default: "hinge",
    meaning: "what a missed margin costs: exp, as published, or hinge",
    schema: z.enum(["exp", "hinge"]),
  },
  "activation-margin": {
    default: "1",
    meaning: "least pre-activation on a neuron's own token",
    schema: z.coerce.number(),
  },
  "memory-margin": {
    default: "1",
    meaning: "how far memory must lie below 0, and below a neuron's own token",
    schema: z.coerce.number(),
  },
  "activation-weight": {
    default: "1",
    meaning: "weight of the activation loss",
    schema: z.coerce.number().nonnegative(),
  },
  "memory-weight": {
    default: "5",
    meaning: "weight of the memory losses",
    schema: z.coerce.number().nonnegative(),
  },
  "memory-top": {
    default: "64",
    meaning: "memory states that count for each neuron, the nearest",
    schema: z.coerce.number().int().positive(),
  },
  steps: {
    default: "100",
    meaning: "most Adam steps on the neurons of one edit; twice that where it does not hold",
    schema: z.coerce.number().int().positive().max(MAX_STEPS),
  },
  "key-rate": {
    default: "0.5",
    meaning: "Adam's step on keys, as a share of their root mean square",
    schema: z.coerce.number().positive(),
  },
  "value-rate": {
    default: "0.1",
    meaning: "Adam's step on values, as a share of the residual stream's",
    schema: z.coerce.number().positive(),
  },
  "loss-target": {
    default: "0.02",
    meaning: "mean negative log-likelihood of the target, in nats, to stop at",
    schema: z.coerce.number().positive(),
  },
} as const;

/** T-Patcher's settings, parsed. */
export type TPatcherSettings = SettingsOf<typeof tPatcherSettings>;

/** Reads settings given as text; names those that do not fit. */
export const parseTPatcherSettings = (settings: Readonly<Record<string, string>>) =>
  parseSettings("T-Patcher", tPatcherSettings, settings);
