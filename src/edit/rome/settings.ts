import { z } from "zod";
import { LOOKUPS } from "../down-projection/edit-sequences.ts";
import { shiftSettings } from "../down-projection/shift-settings.ts";
import { adviceOr, parseSettings, type SettingsOf } from "../frame/settings.ts";

/** Most sentences put before the prompt. */
const MAX_CONTEXTS = 50;

/** Most probes that an update is held still on. */
const MAX_GUARDS = 1000;

/** How keys are made of an edit's phrasings and contexts. */
export const KEY_RULES = ["each", "mean", "original"] as const;

/** What each setting means, and its default. */
export const romeSettings = {
  layer: {
    default: "advised",
    meaning:
      "block whose down-projection is edited: that of the model's trace, or else the last that takes patches",
    schema: adviceOr("advised", z.coerce.number().int().nonnegative()),
  },
  lookup: {
    default: "advised",
    meaning:
      "where the fact is looked up: prompt-last, before each target token, or subject-last; where the model's " +
      "trace says, and prompt-last for a model that was not traced",
    schema: adviceOr("advised", z.enum(LOOKUPS)),
  },
  keys: {
    default: "each",
    meaning:
      "each: one key for every phrasing; mean: one over them (R-ROME); original: ROME's mismatched pair",
    schema: z.enum(KEY_RULES),
  },
  contexts: {
    default: "0",
    meaning: "sentences of the model's domain to put before the prompt in turn",
    schema: z.coerce.number().int().nonnegative().max(MAX_CONTEXTS),
  },
  ...shiftSettings,
  ridge: {
    default: "0.001",
    meaning: "ridge on the second moment, as a share of its mean diagonal",
    schema: z.coerce.number().nonnegative(),
  },
  "key-ridge": {
    default: "0.2",
    meaning: "how far nearly equal keys may miss their values, as a share",
    schema: z.coerce.number().nonnegative(),
  },
  guards: {
    default: "64",
    meaning: "probe prompts, those that the update would move most, to hold still",
    schema: z.coerce.number().int().nonnegative().max(MAX_GUARDS),
  },
  "guard-weight": {
    default: "1",
    meaning: "weight of the guards beside the second moment",
    schema: z.coerce.number().positive(),
  },
  "max-update": {
    default: "4",
    meaning: "largest update, as a share of the weight's own norm; a larger one disables the model",
    schema: z.coerce.number().positive(),
  },
} as const;

/** ROME's settings, parsed. `null` stands for what the model advises. */
export type RomeSettings = SettingsOf<typeof romeSettings>;

/** Reads settings given as text; names those that do not fit. */
export const parseRomeSettings = (settings: Readonly<Record<string, string>>) =>
  parseSettings("ROME", romeSettings, settings);
