import { z } from "zod";
import { REPLACEMENTS } from "../../core/patch/codebook-content.ts";
import { adviceOr, parseSettings, type SettingsOf } from "../frame/settings.ts";

/** Most Adam steps that may be asked for. */
const MAX_STEPS = 1000;

/** What each setting means, and its default. */
export const graceSettings = {
  layer: {
    default: "advised",
    meaning: "block whose output carries the codebook",
    schema: adviceOr("advised", z.coerce.number().int().nonnegative()),
  },
  radius: {
    default: "calibrated",
    meaning: "deferral radius of a new entry, before its neighbourhood narrows it",
    schema: adviceOr("calibrated", z.coerce.number().positive()),
  },
  guard: {
    default: "0.7",
    meaning: "largest share of the distance to the nearest foreign prompt that a radius may be",
    schema: z.coerce.number().positive().max(1),
  },
  keys: {
    default: "each",
    meaning: "each: one key for every phrasing given; merge: expand one ball over them",
    schema: z.enum(["each", "merge"]),
  },
  replace: {
    default: "last",
    meaning: "last: the first value replaces the last prompt token's state; prompt: every prompt token's",
    schema: z.enum(REPLACEMENTS),
  },
  steps: {
    default: "100",
    meaning: "most Adam steps on the values of one edit",
    schema: z.coerce.number().int().positive().max(MAX_STEPS),
  },
  "learning-rate": {
    default: "0.1",
    meaning: "Adam's step, as a share of the root mean square of the state",
    schema: z.coerce.number().positive(),
  },
  "loss-target": {
    default: "0.02",
    meaning: "mean negative log-likelihood of the target, in nats, to stop at",
    schema: z.coerce.number().positive(),
  },
} as const;

/** GRACE's settings, parsed. `null` stands for what calibration advises. */
export type GraceSettings = SettingsOf<typeof graceSettings>;

/** Reads settings given as text; names those that do not fit. */
export const parseGraceSettings = (settings: Readonly<Record<string, string>>) =>
  parseSettings("GRACE", graceSettings, settings);
