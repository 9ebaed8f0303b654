import { z } from "zod";
import { REPLACEMENTS } from "../../core/patch/codebook-content.ts";
import type { Result } from "../../core/result.ts";
import { parseSettings } from "../frame/parse-settings.ts";

/** Most Adam steps that may be asked for. */
const MAX_STEPS = 1000;

const layerSchema = z
  .literal("advised")
  .transform(() => null)
  .or(z.coerce.number().int().nonnegative());
const radiusSchema = z
  .literal("calibrated")
  .transform(() => null)
  .or(z.coerce.number().positive());

const schema = z.strictObject({
  layer: layerSchema.default(null),
  radius: radiusSchema.default(null),
  guard: z.coerce.number().positive().max(1).default(0.7),
  keys: z.enum(["each", "merge"]).default("each"),
  replace: z.enum(REPLACEMENTS).default("last"),
  steps: z.coerce.number().int().positive().max(MAX_STEPS).default(100),
  "learning-rate": z.coerce.number().positive().default(0.1),
  "loss-target": z.coerce.number().positive().default(0.02),
});

/** GRACE's settings, parsed. `null` stands for what calibration advises. */
export type GraceSettings = z.infer<typeof schema>;

/** What each setting means, and its default. */
export const graceSettings = {
  layer: { default: "advised", meaning: "block whose output carries the codebook" },
  radius: {
    default: "calibrated",
    meaning: "deferral radius of a new entry, before its neighbourhood narrows it",
  },
  guard: {
    default: "0.7",
    meaning: "largest share of the distance to the nearest foreign prompt that a radius may be",
  },
  keys: {
    default: "each",
    meaning: "each: one key for every phrasing given; merge: expand one ball over them",
  },
  replace: {
    default: "last",
    meaning: "last: the first value replaces the last prompt token's state; prompt: every prompt token's",
  },
  steps: { default: "100", meaning: "most Adam steps on the values of one edit" },
  "learning-rate": {
    default: "0.1",
    meaning: "Adam's step, as a share of the root mean square of the state",
  },
  "loss-target": {
    default: "0.02",
    meaning: "mean negative log-likelihood of the target, in nats, to stop at",
  },
} as const;

/** Reads settings given as text; names the one that does not fit. */
export const parseGraceSettings = (settings: Readonly<Record<string, string>>): Result<GraceSettings> =>
  parseSettings("GRACE", schema, graceSettings, settings);
