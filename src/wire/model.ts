import * as z from "zod";
import { digestSchema } from "../core/digest-schema.ts";
import { preparedModelSchema } from "../core/model/prepared-model.ts";
import { channelSchema } from "./channel.ts";

const MODEL_MEANING = "What a request that names this model is answered with.";

/** OpenAI's model object: a base model, or one of its channels as `model@channel`. */
export const modelSchema = z
  .object({
    id: z.string(),
    object: z.literal("model"),
    created: z.int().meta({ description: "Unix time in seconds." }),
    owned_by: z.string(),
    parent: z.string().nullable().meta({ description: "The base model, for a channel." }),
    root: digestSchema.meta({ description: "Digest of the base model, or id of the bundle it serves." }),
    errata: z
      .object({
        bundle: digestSchema.nullable(),
        version: z.int().nullable(),
        channel: z.string().nullable(),
      })
      .meta({ description: MODEL_MEANING }),
  })
  .meta({ id: "Model" });

/** By name; a base model stands before its channels. */
export const modelListSchema = z.object({ object: z.literal("list"), data: z.array(modelSchema) });

/** A model with its description and its channels. */
export const modelDetailSchema = z.intersection(
  modelSchema,
  z.object({
    errata: modelSchema.shape.errata
      .extend({
        digest: digestSchema,
        prepared: preparedModelSchema,
        bundles: z.int().meta({ description: "Number of bundles published, which is the newest's version." }),
        channels: z.array(channelSchema),
      })
      .meta({ description: MODEL_MEANING }),
  }),
);

/** The body that registers a model; the service says of a malformed one what is wrong with it. */
export const modelRequestSchema = z.object({ model: z.record(z.string(), z.unknown()) });

/** What registering a model did. */
export const registrationSchema = z.object({
  name: z.string(),
  digest: digestSchema,
  status: z.enum(["registered", "already registered", "updated"]),
});

/** A model on the wire. */
export type WireModel = z.infer<typeof modelSchema>;
/** Models on the wire. */
export type WireModelList = z.infer<typeof modelListSchema>;
/** A model with its description and its channels, on the wire. */
export type WireModelDetail = z.infer<typeof modelDetailSchema>;
/** What registering a model did. */
export type Registration = z.infer<typeof registrationSchema>;
