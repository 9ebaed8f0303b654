import { z } from "zod";
import { parseSettings } from "../frame/parse-settings.ts";
import { jointSettings, jointSettingsSchema } from "../joint/joint-settings.ts";

const schema = z.strictObject({
  ...jointSettingsSchema,
  "null-share": z.coerce.number().positive().max(1).default(0.8),
  ridge: z.coerce.number().positive().default(100),
});

/** AlphaEdit's settings, parsed. */
export type AlphaeditSettings = z.infer<typeof schema>;

/** What each setting means, and its default. */
export const alphaeditSettings = {
  ...jointSettings,
  "null-share": {
    default: "0.8",
    meaning: "share of the key's dimensions, those of the least second moment, that updates may use",
  },
  ridge: { default: "100", meaning: "weight of the update's own size, L2 in the paper" },
} as const;

/** Reads settings given as text; names the one that does not fit. */
export const parseAlphaeditSettings = (settings: Readonly<Record<string, string>>) =>
  parseSettings("AlphaEdit", schema, alphaeditSettings, settings);
