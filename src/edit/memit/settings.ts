import { notNegative, parseSettings, positive, setting } from "../frame/settings.ts";
import { jointSettings } from "../joint/joint-settings.ts";

/** What each setting means, and its default. */
export const memitSettings = {
  ...jointSettings,
  lambda: setting("6000", "weight of the second moment beside the edits' keys", positive),
  ridge: setting("0.001", "ridge on the second moment, as a share of its mean diagonal", notNegative),
};

/** Reads settings given as text; names those that do not fit. */
export const parseMemitSettings = (settings: Readonly<Record<string, string>>) =>
  parseSettings("MEMIT", memitSettings, settings);
