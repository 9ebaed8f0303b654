import * as z from "zod";
import { digestSchema } from "../core/digest-schema.ts";
import { PATCH_SET_MEANING } from "./channel.ts";
import { layerSchema, patchKindSchema } from "./patch.ts";

const firedSchema = z.object({
  patch: z.string(),
  kind: patchKindSchema,
  layer: layerSchema,
  /** The prompt of the edit that the patch carries. */
  edit: z.string(),
  /** The hotfix that the patch came with; null where it is the bundle's. */
  hotfix: digestSchema.nullable(),
  distance: z.number().optional(),
  radius: z.number().optional(),
});

const nearestSchema = z.object({
  patch: z.string(),
  distance: z.number(),
  radius: z.number(),
  hit: z.boolean(),
});

/** What a single answer owes to patches. */
export const effectSchema = z.object({
  fired: z.array(firedSchema).meta({ description: "Patches that changed the answer, first effect first." }),
  nearest: nearestSchema.nullable().meta({
    description: "The codebook entry nearest to the prompt, hit or not; null where no entries are attached.",
  }),
});

/** The log-probabilities of the text asked for by `errata.score`, after the prompt. */
export const scoreSchema = z.object({
  tokens: z.array(z.string()),
  tokenLogprobs: z.array(z.number()),
  greedy: z.array(z.boolean()).meta({ description: "Whether the token was the most probable one." }),
  sum: z.number(),
  mean: z.number(),
});

/** Where an answer comes from, in full. */
export const provenanceSchema = effectSchema
  .extend({
    model: digestSchema.meta({ description: "Digest of the base model." }),
    bundle: digestSchema.nullable(),
    version: z.int().nullable(),
    channel: z.string().nullable(),
    sequence: z.int().nullable(),
    patchSet: z.string().meta({ description: PATCH_SET_MEANING }),
    hotfixes: z.array(digestSchema).meta({ description: "Ids of the hotfixes live on the channel." }),
    disabled: z.array(z.string()).meta({ description: "Ids of the patches disabled on the channel." }),
    attached: z.int().meta({ description: "Number of patches attached, whether they fired or not." }),
    everywhere: z.int().meta({
      description: "Number of them that act on every answer: low-rank patches, which never fire.",
    }),
    score: scoreSchema.optional(),
  })
  .meta({ id: "Provenance" });

/** What a single answer owes to patches, on the wire. */
export type Effect = z.infer<typeof effectSchema>;
/** Where an answer comes from, on the wire. */
export type Provenance = z.infer<typeof provenanceSchema>;
