import {
  adviceOr,
  anyNumber,
  notNegative,
  parseSettings,
  positive,
  type SettingsOf,
  setting,
  wholeNumber,
} from "../frame/settings.ts";

/** Most slots of one patch. */
const MAX_SLOTS = 4096;

/** Most Adam steps that may be asked for. */
const MAX_STEPS = 5000;

/** Most texts of the model's domain in memory. */
const MAX_MEMORY = 10_000;

/** What each setting means, and its default. */
export const caliNetSettings = {
  slots: setting(
    "scaled",
    "slots shared by all facts; scaled: 64 for each 100, and 8 at least",
    adviceOr("scaled", wholeNumber(1, MAX_SLOTS)),
  ),
  steps: setting("500", "most Adam steps, each over all facts", wholeNumber(1, MAX_STEPS)),
  "key-rate": setting("0.5", "Adam's step on keys, as a share of their root mean square", positive),
  "value-rate": setting("0.05", "Adam's step on values, as a share of the residual stream's", positive),
  "loss-target": setting(
    "0.02",
    "mean negative log-likelihood of the targets, in nats, to stop at",
    positive,
  ),
  "memory-weight": setting(
    "0",
    "weight of a loss that keeps slots silent on the model's domain; 0, as published, has none; too much of it silences them for good",
    notNegative,
  ),
  "memory-margin": setting("0", "with it: how far slots must lie below 0 there", anyNumber),
  memory: setting("450", "with it: texts of the model's domain", wholeNumber(0, MAX_MEMORY)),
};

/** CaliNet's settings, parsed; `slots` is null where it scales with the number of facts. */
export type CaliNetSettings = SettingsOf<typeof caliNetSettings>;

/** Slots for a number of facts: the paper's 64 for 100, and a few at least. */
export const slotsFor = (facts: number): number => Math.min(MAX_SLOTS, Math.max(8, Math.ceil(0.64 * facts)));

/** Reads settings given as text; names those that do not fit. */
export const parseCaliNetSettings = (settings: Readonly<Record<string, string>>) =>
  parseSettings("CaliNet", caliNetSettings, settings);
