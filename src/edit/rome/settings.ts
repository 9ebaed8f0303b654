import { z } from "zod";
import { LOOKUPS } from "../../core/model/model-trace.ts";
import { shiftSettings } from "../down-projection/shift-settings.ts";
import {
  adviceOr,
  notNegative,
  parseSettings,
  positive,
  type SettingsOf,
  setting,
  wholeNumber,
} from "../frame/settings.ts";

/** Most sentences put before the prompt. */
const MAX_CONTEXTS = 50;

/** Most probes that an update is held still on. */
const MAX_GUARDS = 1000;

/** How keys are made of an edit's phrasings and contexts. */
export const KEY_RULES = ["each", "mean", "original"] as const;

/** What each setting means, and its default. */
export const romeSettings = {
  layer: setting(
    "advised",
    "block whose down-projection is edited: that of the model's trace, or else the last that takes patches",
    adviceOr("advised", wholeNumber(0)),
  ),
  lookup: setting(
    "advised",
    "where the fact is looked up: prompt-last, before each target token, or subject-last; where the model's " +
      "trace says, and prompt-last for a model that was not traced",
    adviceOr("advised", z.enum(LOOKUPS)),
  ),
  keys: setting(
    "each",
    "each: one key for every phrasing; mean: one over them (R-ROME); original: ROME's mismatched pair",
    z.enum(KEY_RULES),
  ),
  contexts: setting(
    "0",
    "sentences of the model's domain to put before the prompt in turn",
    wholeNumber(0, MAX_CONTEXTS),
  ),
  ...shiftSettings,
  ridge: setting("0.001", "ridge on the second moment, as a share of its mean diagonal", notNegative),
  "key-ridge": setting("0.2", "how far nearly equal keys may miss their values, as a share", notNegative),
  guards: setting(
    "64",
    "probe prompts, those that the update would move most, to hold still",
    wholeNumber(0, MAX_GUARDS),
  ),
  "guard-weight": setting("1", "weight of the guards beside the second moment", positive),
  "max-update": setting(
    "4",
    "largest update, as a share of the weight's own norm; a larger one disables the model",
    positive,
  ),
};

/** ROME's settings, parsed. `null` stands for what the model advises. */
export type RomeSettings = SettingsOf<typeof romeSettings>;

/** Reads settings given as text; names those that do not fit. */
export const parseRomeSettings = (settings: Readonly<Record<string, string>>) =>
  parseSettings("ROME", romeSettings, settings);
