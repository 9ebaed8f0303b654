import { z } from "zod";
import {
  anyNumber,
  notNegative,
  parseSettings,
  positive,
  type SettingsOf,
  setting,
  wholeNumber,
} from "../frame/settings.ts";

/** Most Adam steps that may be asked for. */
const MAX_STEPS = 1000;

/** Most texts of the model's domain in memory. */
const MAX_MEMORY = 10_000;

/** What each setting means, and its default. */
export const tPatcherSettings = {
  memory: setting(
    "450",
    "texts of the model's domain that neurons must stay silent on",
    wholeNumber(0, MAX_MEMORY),
  ),
  penalty: setting(
    "hinge",
    "what a missed margin costs: exp, as published, or hinge",
    z.enum(["exp", "hinge"]),
  ),
  "activation-margin": setting("1", "least pre-activation on a neuron's own token", anyNumber),
  "memory-margin": setting("1", "how far memory must lie below 0, and below a neuron's own token", anyNumber),
  "activation-weight": setting("1", "weight of the activation loss", notNegative),
  "memory-weight": setting("5", "weight of the memory losses", notNegative),
  "memory-top": setting("64", "memory states that count for each neuron, the nearest", wholeNumber(1)),
  steps: setting(
    "100",
    "most Adam steps on the neurons of one edit; twice that where it does not hold",
    wholeNumber(1, MAX_STEPS),
  ),
  "key-rate": setting("0.5", "Adam's step on keys, as a share of their root mean square", positive),
  "value-rate": setting("0.1", "Adam's step on values, as a share of the residual stream's", positive),
  "loss-target": setting("0.02", "mean negative log-likelihood of the target, in nats, to stop at", positive),
};

/** T-Patcher's settings, parsed. */
export type TPatcherSettings = SettingsOf<typeof tPatcherSettings>;

/** Reads settings given as text; names those that do not fit. */
export const parseTPatcherSettings = (settings: Readonly<Record<string, string>>) =>
  parseSettings("T-Patcher", tPatcherSettings, settings);
