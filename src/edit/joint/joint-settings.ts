import { z } from "zod";
import { shiftSettings, shiftSettingsSchema } from "../down-projection/shift-settings.ts";

const blocksSchema = z
  .literal("advised")
  .transform(() => null)
  .or(
    z
      .string()
      .regex(/^\d+(-\d+)?$/, "expected a block, or two with a dash between, such as 1-3")
      .transform((text) => {
        const [first, last] = text.split("-").map(Number) as [number, number?];
        return { first, last: last ?? first };
      }),
  );

/** Most rounds that may be asked for. */
const MAX_ROUNDS = 100;

/** The settings that methods which solve for many edits at once have in common. */
export const jointSettingsSchema = {
  blocks: blocksSchema.default(null),
  rounds: z.coerce.number().int().positive().max(MAX_ROUNDS).default(5),
  ...shiftSettingsSchema,
};

const parsedSchema = z.object(jointSettingsSchema);

/** Those settings, parsed. `null` stands for what the model advises. */
export type JointSettings = z.infer<typeof parsedSchema>;

/** What each of them means, and its default. */
export const jointSettings = {
  blocks: {
    default: "advised",
    meaning:
      "blocks to spread the edits over, as 1-3: the middle ones that take patches, and that of the trace",
  },
  rounds: {
    default: "5",
    meaning:
      "most times that values are optimised and solved for, each on what is still missing; the papers have 1",
  },
  ...shiftSettings,
} as const;
