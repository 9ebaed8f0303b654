import { z } from "zod";
import { digestSchema } from "../core/digest-schema.ts";
import { preparedModelSchema } from "../core/model/prepared-model.ts";
import { MOVE_ACTIONS } from "../core/release/channel.ts";
import { SCOPES } from "../core/scope.ts";

/*
 * The service's answers as the command line reads them. Fields it does not use are passed over, so that a newer
 * service still serves an older command line.
 */

/** A channel as it stands. */
export const channelSchema = z.object({
  model: z.string(),
  channel: z.string(),
  bundle: digestSchema.nullable(),
  version: z.int().nullable(),
  hotfixes: z.array(digestSchema),
  disabled: z.array(z.string()),
  patchSet: z.string(),
  sequence: z.int(),
  updatedAt: z.string().nullable(),
});

/** A bundle in a list. */
export const bundleSummarySchema = z.object({
  id: digestSchema,
  model: z.string(),
  version: z.int(),
  method: z.string(),
  edits: z.int(),
  patches: z.int(),
  bytes: z.int(),
  publishedAt: z.string(),
  publishedBy: z.string(),
  parent: digestSchema.nullable(),
});

/** A bundle with its exact bytes in base64. */
export const bundleSchema = z.object({
  id: digestSchema,
  model: z.string(),
  version: z.int(),
  manifest: z.base64(),
  signatures: z.array(z.object({ keyId: z.string(), signature: z.string() })),
  report: z.base64().nullable(),
  publishedAt: z.string(),
  publishedBy: z.string(),
});

/** What publishing says. */
export const publishedSchema = z.object({
  id: digestSchema,
  model: z.string(),
  version: z.int(),
  status: z.enum(["published", "already published", "would publish"]),
});

/** One move of a channel. */
export const moveSchema = z.object({
  sequence: z.int(),
  action: z.enum(MOVE_ACTIONS),
  fromVersion: z.int().nullable(),
  toVersion: z.int().nullable(),
  fromBundle: digestSchema.nullable(),
  toBundle: digestSchema.nullable(),
  fromHotfixes: z.array(digestSchema),
  toHotfixes: z.array(digestSchema),
  fromDisabled: z.array(z.string()),
  toDisabled: z.array(z.string()),
  summary: z.string().nullable(),
  message: z.string(),
  actor: z.string(),
  at: z.string(),
  hash: digestSchema,
  previousHash: digestSchema.nullable(),
});

/** What a move of a channel says: a release, a rollback, a hotfix, a patch disabled or enabled. */
export const movedSchema = z.object({
  status: z.string(),
  before: channelSchema,
  after: channelSchema,
  summary: z.string(),
  audit: z.looseObject({ sequence: z.int() }).nullable(),
});

/** A patch that a channel holds. */
export const channelPatchSchema = z.object({
  id: z.string(),
  kind: z.string(),
  layer: z.int(),
  blob: digestSchema,
  bytes: z.int(),
  edits: z.array(z.object({ prompt: z.string(), target: z.string() })),
  version: z.int().nullable(),
  hotfix: digestSchema.nullable(),
  state: z.enum(["attached", "disabled"]),
});

/** A hotfix with its exact bytes in base64. */
export const hotfixSchema = z.object({ id: digestSchema, manifest: z.base64() });

/** A token as the service lists it: never its text. */
export const tokenSchema = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  createdAt: z.string(),
  revokedAt: z.string().nullable(),
});

/** A token at its creation, the only time its text is shown. */
export const createdTokenSchema = tokenSchema.omit({ revokedAt: true }).extend({ token: z.string() });

/** What registering a model says. */
export const registeredModelSchema = z.object({ status: z.string() });

/** A registered model. */
export const registeredSchema = z.object({
  id: z.string(),
  errata: z.object({ digest: digestSchema, prepared: preparedModelSchema }),
});

/** Where an answer comes from. */
export const provenanceSchema = z.object({
  model: z.string(),
  bundle: digestSchema.nullable(),
  version: z.int().nullable(),
  channel: z.string().nullable(),
  sequence: z.int().nullable(),
  patchSet: z.string(),
  hotfixes: z.array(digestSchema),
  disabled: z.array(z.string()),
  attached: z.int(),
  everywhere: z.int(),
  fired: z.array(
    z.object({
      patch: z.string(),
      kind: z.string(),
      layer: z.int(),
      edit: z.string(),
      hotfix: digestSchema.nullable(),
      distance: z.number().optional(),
      radius: z.number().optional(),
    }),
  ),
  nearest: z
    .object({ patch: z.string(), distance: z.number(), radius: z.number(), hit: z.boolean() })
    .nullable(),
});

/** A completion, or one chunk of a streamed one. */
export const completionSchema = z.object({
  model: z.string(),
  choices: z.array(z.object({ text: z.string(), finish_reason: z.string().nullable() })),
  usage: z.object({ prompt_tokens: z.int(), completion_tokens: z.int(), total_tokens: z.int() }).nullish(),
  errata: provenanceSchema.optional(),
});

/** A channel on the wire. */
export type WireChannel = z.infer<typeof channelSchema>;
/** A listed bundle on the wire. */
export type WireBundleSummary = z.infer<typeof bundleSummarySchema>;
/** A whole bundle on the wire. */
export type WireBundle = z.infer<typeof bundleSchema>;
/** A move on the wire. */
export type WireMove = z.infer<typeof moveSchema>;
/** A patch of a channel on the wire. */
export type WireChannelPatch = z.infer<typeof channelPatchSchema>;
/** The answer to a move. */
export type WireMoved = z.infer<typeof movedSchema>;
/** The answer to a publication. */
export type WirePublished = z.infer<typeof publishedSchema>;
/** A token on the wire. */
export type WireToken = z.infer<typeof tokenSchema>;
/** Where an answer comes from, on the wire. */
export type WireProvenance = z.infer<typeof provenanceSchema>;
/** A completion on the wire. */
export type WireCompletion = z.infer<typeof completionSchema>;
