import { z } from "zod";
import { parseSettings, type SettingsOf } from "../frame/settings.ts";

/** Most steps of the integral. */
const MAX_STEPS = 200;

const share = z.coerce.number().min(0).lt(1);

/** What each setting means, and its default. */
export const knSettings = {
  operation: {
    default: "update",
    meaning: "update: move the neurons' value rows; erase: set them to zero",
    schema: z.enum(["update", "erase"]),
  },
  steps: {
    default: "20",
    meaning: "steps of the integrated gradients",
    schema: z.coerce.number().int().positive().max(MAX_STEPS),
  },
  threshold: {
    default: "0.2",
    meaning: "share of the largest attribution that a neuron must exceed",
    schema: share,
  },
  share: {
    default: "0.5",
    meaning: "share of the phrasings in which a neuron must do so",
    schema: share,
  },
  neurons: {
    default: "5",
    meaning: "most neurons moved for a token of the target, the strongest",
    schema: z.coerce.number().int().positive(),
  },
  old: {
    default: "1",
    meaning: "how much of the old token's embedding a row loses",
    schema: z.coerce.number().nonnegative(),
  },
  new: {
    default: "1.5",
    meaning: "how much of the target token's embedding a row gains",
    schema: z.coerce.number().nonnegative(),
  },
} as const;

/** The settings of knowledge neurons, parsed. */
export type KnSettings = SettingsOf<typeof knSettings>;

/** Reads settings given as text; names those that do not fit. */
export const parseKnSettings = (settings: Readonly<Record<string, string>>) =>
  parseSettings("KN", knSettings, settings);
