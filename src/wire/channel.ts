import * as z from "zod";
import { digestSchema } from "../core/digest-schema.ts";
import { listOf } from "./page.ts";

/** What `patchSet` says of a channel, and of an answer. */
export const PATCH_SET_MEANING =
  "Digest of bundle, hotfixes and disabled patches; the bundle's id where there are none, or `none`.";

/** A channel as it stands. */
export const channelSchema = z
  .object({
    model: z.string(),
    channel: z.string(),
    bundle: digestSchema.nullable(),
    version: z.int().nullable(),
    hotfixes: z.array(digestSchema).meta({ description: "Ids of the hotfixes on top, oldest first." }),
    disabled: z.array(z.string()).meta({ description: "Ids of the patches that are not attached." }),
    patchSet: z.string().meta({ description: PATCH_SET_MEANING }),
    sequence: z.int(),
    updatedAt: z.string().nullable(),
  })
  .meta({ id: "Channel" });

/** Which channels to list; those of all models where absent. */
export const channelQuerySchema = z.object({ model: z.string().optional() });

/** Channels, by model and name. */
export const channelListSchema = listOf(channelSchema);

/** A channel on the wire. */
export type WireChannel = z.infer<typeof channelSchema>;
