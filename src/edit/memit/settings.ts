import { z } from "zod";
import { parseSettings } from "../frame/parse-settings.ts";
import { jointSettings, jointSettingsSchema } from "../joint/joint-settings.ts";

const schema = z.strictObject({
  ...jointSettingsSchema,
  lambda: z.coerce.number().positive().default(6000),
  ridge: z.coerce.number().nonnegative().default(0.001),
});

/** MEMIT's settings, parsed. */
export type MemitSettings = z.infer<typeof schema>;

/** What each setting means, and its default. */
export const memitSettings = {
  ...jointSettings,
  lambda: { default: "6000", meaning: "weight of the second moment beside the edits' keys" },
  ridge: { default: "0.001", meaning: "ridge on the second moment, as a share of its mean diagonal" },
} as const;

/** Reads settings given as text; names the one that does not fit. */
export const parseMemitSettings = (settings: Readonly<Record<string, string>>) =>
  parseSettings("MEMIT", schema, memitSettings, settings);
