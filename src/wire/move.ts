import * as z from "zod";
import { digestSchema } from "../core/digest-schema.ts";
import { MOVE_ACTIONS } from "../core/release/channel.ts";
import { channelSchema } from "./channel.ts";
import { REQUEST_LIMITS } from "./limits.ts";
import { pageOf, pageQueryOf } from "./page.ts";

const moveFields = {
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
  summary: z.string().nullable().meta({ description: "What the move did, in words." }),
  message: z.string(),
  actor: z.string(),
  at: z.string(),
  hash: digestSchema,
  previousHash: digestSchema.nullable(),
};

/** One move in the history of a channel. */
export const moveSchema = z.object(moveFields).meta({ id: "Move" });

/** Which page of a channel's history. */
export const historyQuerySchema = z.object(pageQueryOf("The last sequence of the page before."));

/** Moves of one channel, newest first. */
export const historyPageSchema = pageOf(moveSchema);

/** One move in the audit of all channels. */
export const auditRowSchema = z
  .object({ model: z.string(), channel: z.string(), ...moveFields })
  .meta({ id: "AuditRow" });

/** Whose moves to audit; those of every model and channel where absent. */
export const auditQuerySchema = z.object({ model: z.string().optional(), channel: z.string().optional() });

/** Moves by model and channel, oldest first. */
export const auditSchema = z.object({
  data: z.array(auditRowSchema),
  verified: z.boolean().meta({ description: "False where any row was changed or removed." }),
});

/** What the body of every move carries. */
export const moveRequestFields = {
  message: z.string().min(1).max(REQUEST_LIMITS.messageCharacters),
  expectedSequence: z.int().nonnegative().optional().meta({
    description: "Refuse with `sequence_conflict` if the channel has moved past this.",
  }),
  dryRun: z.boolean().optional(),
};

/** A version as a number or as text: clients write both. */
const versionSchema = z.union([z.string(), z.int()], {
  error: "expected none, a version number, or a bundle id",
});

/** The body that points a channel at a version. */
export const releaseRequestSchema = z.object({ version: versionSchema, ...moveRequestFields });

/** The body that undoes a channel's newest move, or goes back to the version `to`. */
export const rollbackRequestSchema = z.object({ to: versionSchema.optional(), ...moveRequestFields });

/** What the answer to every move carries besides its status. */
export const outcomeFields = {
  before: channelSchema,
  after: channelSchema,
  summary: z.string().meta({ description: "What the move does, in words." }),
  // A union, as `nullable` would make the row itself nullable in the API's description.
  audit: z
    .union([auditRowSchema, z.null()])
    .meta({ description: "The audit row; null where nothing was written." }),
};

/** The answer to a move, which says how it ended by one of `statuses`. */
export const outcomeOf = <const Statuses extends readonly [string, ...string[]]>(statuses: Statuses) =>
  z.object({ status: z.enum(statuses), ...outcomeFields });

/** The answer to a release or a rollback. */
export const releaseOutcomeSchema = outcomeOf([
  "released",
  "would release",
  "rolled back",
  "would roll back",
]);

/** A move of a channel, on the wire. */
export type WireMove = z.infer<typeof moveSchema>;
/** An audit row on the wire. */
export type WireAuditRow = z.infer<typeof auditRowSchema>;
/** The audit on the wire. */
export type WireAudit = z.infer<typeof auditSchema>;
/** What the body of every move carries. */
export type MoveFields = z.input<z.ZodObject<typeof moveRequestFields>>;
/** The body that points a channel at a version. */
export type ReleaseRequest = z.input<typeof releaseRequestSchema>;
/** The body that rolls a channel back. */
export type RollbackRequest = z.input<typeof rollbackRequestSchema>;
/** What the answers to all moves have in common. */
export type MoveOutcome = z.infer<z.ZodObject<typeof outcomeFields>> & { readonly status: string };
