import { z } from "@hono/zod-openapi";
import type { ChannelState } from "../core/release/channel.ts";
import type { ModelRecord } from "../store/ports.ts";

const MILLISECONDS_OF_A_SECOND = 1000;

/** OpenAI's model object: a base model, or one of its channels as `model@channel`. */
export const modelSchema = z
  .object({
    id: z.string(),
    object: z.literal("model"),
    created: z.int().openapi({ description: "Unix time in seconds." }),
    owned_by: z.string(),
    parent: z.string().nullable().openapi({ description: "The base model, for a channel." }),
    root: z.string().openapi({ description: "Digest of the base model, or id of the bundle it serves." }),
    errata: z
      .object({
        bundle: z.string().nullable(),
        version: z.int().nullable(),
        channel: z.string().nullable(),
      })
      .openapi({ description: "What a request that names this model is answered with." }),
  })
  .openapi("Model");

/** A model on the wire. */
export type WireModel = z.infer<typeof modelSchema>;

const inSeconds = (time: string): number => Math.floor(Date.parse(time) / MILLISECONDS_OF_A_SECOND);

/** Puts a base model on the wire; `served` is the state of the channel that its bare name follows. */
export const toWireModel = (record: ModelRecord, served: ChannelState): WireModel => ({
  id: record.name,
  object: "model",
  created: inSeconds(record.registeredAt),
  owned_by: "errata",
  parent: null,
  root: record.digest,
  errata: {
    bundle: served.target?.bundle ?? null,
    version: served.target?.version ?? null,
    channel: served.channel,
  },
});

/** Puts a channel on the wire as a model of its own; `root` is the base model while it serves no bundle. */
export const toWireChannelModel = (record: ModelRecord, state: ChannelState): WireModel => ({
  ...toWireModel(record, state),
  id: `${record.name}@${state.channel}`,
  created: inSeconds(state.updatedAt ?? record.registeredAt),
  parent: record.name,
  root: state.target?.bundle ?? record.digest,
});
