import { z } from "zod";
import type { Result } from "../../core/result.ts";
import { parseSettings } from "../frame/parse-settings.ts";

/** Most steps of the integral. */
const MAX_STEPS = 200;

const share = z.coerce.number().min(0).lt(1);

const schema = z.strictObject({
  operation: z.enum(["update", "erase"]).default("update"),
  steps: z.coerce.number().int().positive().max(MAX_STEPS).default(20),
  threshold: share.default(0.2),
  share: share.default(0.5),
  neurons: z.coerce.number().int().positive().default(5),
  old: z.coerce.number().nonnegative().default(1),
  new: z.coerce.number().nonnegative().default(1.5),
});

/** The settings of knowledge neurons, parsed. */
export type KnSettings = z.infer<typeof schema>;

/** What each setting means, and its default. */
export const knSettings = {
  operation: { default: "update", meaning: "update: move the neurons' value rows; erase: set them to zero" },
  steps: { default: "20", meaning: "steps of the integrated gradients" },
  threshold: { default: "0.2", meaning: "share of the largest attribution that a neuron must exceed" },
  share: { default: "0.5", meaning: "share of the phrasings in which a neuron must do so" },
  neurons: { default: "5", meaning: "most neurons moved for a token of the target, the strongest" },
  old: { default: "1", meaning: "how much of the old token's embedding a row loses" },
  new: { default: "1.5", meaning: "how much of the target token's embedding a row gains" },
} as const;

/** Reads settings given as text; names the one that does not fit. */
export const parseKnSettings = (settings: Readonly<Record<string, string>>): Result<KnSettings> =>
  parseSettings("KN", schema, knSettings, settings);
