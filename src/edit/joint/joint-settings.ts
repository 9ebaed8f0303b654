import { z } from "zod";
import { shiftSettings } from "../down-projection/shift-settings.ts";
import { adviceOr, type SettingsOf, setting, wholeNumber } from "../frame/settings.ts";

const blocksSchema = z
  .string()
  .regex(/^\d+(-\d+)?$/, "expected a block, or two with a dash between, such as 1-3")
  .transform((text) => {
    const [first, last] = text.split("-").map(Number) as [number, number?];
    return { first, last: last ?? first };
  });

/** Most rounds that may be asked for. */
const MAX_ROUNDS = 100;

/** The settings that methods which solve for many edits at once have in common: what each means, and its default. */
export const jointSettings = {
  blocks: setting(
    "advised",
    "blocks to spread the edits over, as 1-3: the middle ones that take patches, and that of the trace",
    adviceOr("advised", blocksSchema),
  ),
  rounds: setting(
    "5",
    "most times that values are optimised and solved for, each on what is still missing; the papers have 1",
    wholeNumber(1, MAX_ROUNDS),
  ),
  ...shiftSettings,
};

/** Those settings, parsed. `null` stands for what the model advises. */
export type JointSettings = SettingsOf<typeof jointSettings>;
