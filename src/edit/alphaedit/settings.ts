import { z } from "zod";
import { parseSettings } from "../frame/settings.ts";
import { jointSettings } from "../joint/joint-settings.ts";

/** What each setting means, and its default. */
export const alphaeditSettings = {
  ...jointSettings,
  "null-share": {
    default: "0.8",
    meaning: "share of the key's dimensions, those of the least second moment, that updates may use",
    schema: z.coerce.number().positive().max(1),
  },
  ridge: {
    default: "100",
    meaning: "weight of the update's own size, L2 in the paper",
    schema: z.coerce.number().positive(),
  },
} as const;

/** Reads settings given as text; names those that do not fit. */
export const parseAlphaeditSettings = (settings: Readonly<Record<string, string>>) =>
  parseSettings("AlphaEdit", alphaeditSettings, settings);
