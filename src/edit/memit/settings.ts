import { z } from "zod";
import { parseSettings } from "../frame/settings.ts";
import { jointSettings } from "../joint/joint-settings.ts";

/** What each setting means, and its default. */
export const memitSettings = {
  ...jointSettings,
  lambda: {
    default: "6000",
    meaning: "weight of the second moment beside the edits' keys",
    schema: z.coerce.number().positive(),
  },
  ridge: {
    default: "0.001",
    meaning: "ridge on the second moment, as a share of its mean diagonal",
    schema: z.coerce.number().nonnegative(),
  },
} as const;

/** Reads settings given as text; names those that do not fit. */
export const parseMemitSettings = (settings: Readonly<Record<string, string>>) =>
  parseSettings("MEMIT", memitSettings, settings);
