import { z } from "zod";
import type { Result } from "../core/result.ts";
import { parseSettings } from "./parse-settings.ts";

/** Most steps of the integral. */
const MAX_STEPS = 200;

const share = z.coerce.number().min(0).lt(1);

const schema = z.strictObject({
  operation: z.enum(["update", "erase"]).default("update"),
  steps: z.coerce.number().int().positive().max(MAX_STEPS).default(20),
  threshold: share.default(0.2),
  share: share.default(0.5),
  old: z.coerce.number().nonnegative().default(1),
  new: z.coerce.number().nonnegative().default(8),
});

/** The settings of knowledge neurons, parsed. */
export type KnSettings = z.infer<typeof schema>;

/** What each setting means, and its default. */
export const knSettings = {
  operation: { default: "update", meaning: "update: move the neurons' value rows; erase: set them to zero" },
  steps: { default: "20", meaning: "steps of the integrated gradients" },
  threshold: { default: "0.2", meaning: "share of the largest attribution that a neuron must exceed" },
  share: { default: "0.5", meaning: "share of the phrasings in which a neuron must do so" },
  old: { default: "1", meaning: "how much of the old answer's embedding a row loses" },
  new: { default: "8", meaning: "how much of the target's embedding a row gains" },
} as const;

/** Reads settings given as text; names the one that does not fit. */
export const parseKnSettings = (settings: Readonly<Record<string, string>>): Result<KnSettings> =>
  parseSettings("KN", schema, knSettings, settings);
