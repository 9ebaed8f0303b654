import { z } from "zod";
import { REPLACEMENTS } from "../../core/patch/codebook/codebook-content.ts";
import {
  adviceOr,
  parseSettings,
  positive,
  positiveShare,
  type SettingsOf,
  setting,
  wholeNumber,
} from "../frame/settings.ts";

/** Most Adam steps that may be asked for. */
const MAX_STEPS = 1000;

/** What each setting means, and its default. */
export const graceSettings = {
  layer: setting("advised", "block whose output carries the codebook", adviceOr("advised", wholeNumber(0))),
  radius: setting(
    "calibrated",
    "deferral radius of a new entry, before its neighbourhood narrows it",
    adviceOr("calibrated", positive),
  ),
  guard: setting(
    "0.7",
    "largest share of the distance to the nearest foreign prompt that a radius may be",
    positiveShare,
  ),
  keys: setting(
    "each",
    "each: one key for every phrasing given; merge: expand one ball over them",
    z.enum(["each", "merge"]),
  ),
  replace: setting(
    "last",
    "last: the first value replaces the last prompt token's state; prompt: every prompt token's",
    z.enum(REPLACEMENTS),
  ),
  steps: setting("100", "most Adam steps on the values of one edit", wholeNumber(1, MAX_STEPS)),
  "learning-rate": setting("0.1", "Adam's step, as a share of the root mean square of the state", positive),
  "loss-target": setting("0.02", "mean negative log-likelihood of the target, in nats, to stop at", positive),
};

/** GRACE's settings, parsed. `null` stands for what calibration advises. */
export type GraceSettings = SettingsOf<typeof graceSettings>;

/** Reads settings given as text; names those that do not fit. */
export const parseGraceSettings = (settings: Readonly<Record<string, string>>) =>
  parseSettings("GRACE", graceSettings, settings);
