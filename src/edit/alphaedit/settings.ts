import { parseSettings, positive, positiveShare, setting } from "../frame/settings.ts";
import { jointSettings } from "../joint/joint-settings.ts";

/** What each setting means, and its default. */
export const alphaeditSettings = {
  ...jointSettings,
  "null-share": setting(
    "0.8",
    "share of the key's dimensions, those of the least second moment, that updates may use",
    positiveShare,
  ),
  ridge: setting("100", "weight of the update's own size, L2 in the paper", positive),
};

/** Reads settings given as text; names those that do not fit. */
export const parseAlphaeditSettings = (settings: Readonly<Record<string, string>>) =>
  parseSettings("AlphaEdit", alphaeditSettings, settings);
