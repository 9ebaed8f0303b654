import { z } from "zod";
import {
  notNegative,
  numberText,
  parseSettings,
  type SettingsOf,
  setting,
  wholeNumber,
} from "../frame/settings.ts";

/** Most steps of the integral. */
const MAX_STEPS = 200;

const share = numberText(z.coerce.number().min(0).lt(1));

/** What each setting means, and its default. */
export const knSettings = {
  operation: setting(
    "update",
    "update: move the neurons' value rows; erase: set them to zero",
    z.enum(["update", "erase"]),
  ),
  steps: setting("20", "steps of the integrated gradients", wholeNumber(1, MAX_STEPS)),
  threshold: setting("0.2", "share of the largest attribution that a neuron must exceed", share),
  share: setting("0.5", "share of the phrasings in which a neuron must do so", share),
  neurons: setting("5", "most neurons moved for a token of the target, the strongest", wholeNumber(1)),
  old: setting("1", "how much of the old token's embedding a row loses", notNegative),
  new: setting("1.5", "how much of the target token's embedding a row gains", notNegative),
};

/** The settings of knowledge neurons, parsed. */
export type KnSettings = SettingsOf<typeof knSettings>;

/** Reads settings given as text; names those that do not fit. */
export const parseKnSettings = (settings: Readonly<Record<string, string>>) =>
  parseSettings("KN", knSettings, settings);
