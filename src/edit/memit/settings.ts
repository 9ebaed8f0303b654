import { adviceOr, notNegative, parseSettings, positive, setting } from "../frame/settings.ts";
import { jointSettings } from "../joint/joint-settings.ts";

/** What each setting means, and its default. */
export const memitSettings = {
  ...jointSettings,
  lambda: setting(
    "scaled",
    "weight of the second moment beside the edits' keys; scaled: 6,000 for each 1,024 units of the FFN",
    adviceOr("scaled", positive),
  ),
  ridge: setting("0.001", "ridge on the second moment, as a share of its mean diagonal", notNegative),
};

/** Reads settings given as text; names those that do not fit. */
export const parseMemitSettings = (settings: Readonly<Record<string, string>>) =>
  parseSettings("MEMIT", memitSettings, settings);

/**
 * The weight for an FFN of `units` units. A key's own share of the second moment grows with them, so that one weight
 * would leave a narrow model's edits undone.
 */
export const scaledLambda = (units: number): number => (6000 * units) / 1024;
