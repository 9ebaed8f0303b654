import { z } from "zod";
import { LOOKUPS } from "../down-projection/edit-sequences.ts";
import { shiftSettings, shiftSettingsSchema } from "../down-projection/shift-settings.ts";
import { parseSettings } from "../frame/parse-settings.ts";

/** Most sentences put before the prompt. */
const MAX_CONTEXTS = 50;

/** Most probes that an update is held still on. */
const MAX_GUARDS = 1000;

/** How keys are made of an edit's phrasings and contexts. */
export const KEY_RULES = ["each", "mean", "original"] as const;

const schema = z.strictObject({
  layer: z
    .literal("advised")
    .transform(() => null)
    .or(z.coerce.number().int().nonnegative())
    .default(null),
  lookup: z
    .literal("advised")
    .transform(() => null)
    .or(z.enum(LOOKUPS))
    .default(null),
  keys: z.enum(KEY_RULES).default("each"),
  contexts: z.coerce.number().int().nonnegative().max(MAX_CONTEXTS).default(0),
  ...shiftSettingsSchema,
  ridge: z.coerce.number().nonnegative().default(0.001),
  "key-ridge": z.coerce.number().nonnegative().default(0.2),
  guards: z.coerce.number().int().nonnegative().max(MAX_GUARDS).default(64),
  "guard-weight": z.coerce.number().positive().default(1),
  "max-update": z.coerce.number().positive().default(4),
});

/** ROME's settings, parsed. `null` stands for what the model advises. */
export type RomeSettings = z.infer<typeof schema>;

/** What each setting means, and its default. */
export const romeSettings = {
  layer: {
    default: "advised",
    meaning:
      "block whose down-projection is edited: that of the model's trace, or else the last that takes patches",
  },
  lookup: {
    default: "advised",
    meaning:
      "where the fact is looked up: prompt-last, before each target token, or subject-last; where the model's " +
      "trace says, and prompt-last for a model that was not traced",
  },
  keys: {
    default: "each",
    meaning:
      "each: one key for every phrasing; mean: one over them (R-ROME); original: ROME's mismatched pair",
  },
  contexts: { default: "0", meaning: "sentences of the model's domain to put before the prompt in turn" },
  ...shiftSettings,
  ridge: { default: "0.001", meaning: "ridge on the second moment, as a share of its mean diagonal" },
  "key-ridge": { default: "0.2", meaning: "how far nearly equal keys may miss their values, as a share" },
  guards: { default: "64", meaning: "probe prompts, those that the update would move most, to hold still" },
  "guard-weight": { default: "1", meaning: "weight of the guards beside the second moment" },
  "max-update": {
    default: "4",
    meaning: "largest update, as a share of the weight's own norm; a larger one disables the model",
  },
} as const;

/** Reads settings given as text; names the one that does not fit. */
export const parseRomeSettings = (settings: Readonly<Record<string, string>>) =>
  parseSettings("ROME", schema, romeSettings, settings);
