import { z } from "@hono/zod-openapi";
import type { PlannedMove } from "../../core/release/channel.ts";
import type { ServiceDependencies } from "../../service/dependencies.ts";
import { LIMITS } from "../../service/limits.ts";
import type { MoveRequest } from "../../service/move-channel.ts";
import { auditRowSchema, channelSchema, toWireAuditRow, toWireChannel } from "../../wire/channel.ts";
import type { ServiceContext } from "../context.ts";
import { channelParam, modelNameParam } from "./route-parts.ts";

/*
 * What all routes that move a channel have in common.
 */

/** The path of one channel. */
export const CHANNEL_PATH = "/v1/models/{name}/channels/{channel}";

/** What that path names. */
export const channelParams = z.object({ name: modelNameParam, channel: channelParam });

/** What the body of every move carries. */
export const moveFields = {
  message: z.string().min(1).max(LIMITS.messageCharacters),
  expectedSequence: z.int().nonnegative().optional().openapi({
    description: "Refuse with `sequence_conflict` if the channel has moved past this.",
  }),
  dryRun: z.boolean().optional(),
};

/** What the answer to every move carries besides its status. */
export const outcomeFields = {
  before: channelSchema,
  after: channelSchema,
  summary: z.string().openapi({ description: "What the move does, in words." }),
  audit: auditRowSchema.nullable().openapi({ description: "The audit row; null where nothing was written." }),
};

/** The move that a request asks for. */
export const toMoveRequest = (
  context: ServiceContext,
  path: z.infer<typeof channelParams>,
  body: {
    readonly message: string;
    readonly expectedSequence?: number | undefined;
    readonly dryRun?: boolean | undefined;
  },
  dependencies: ServiceDependencies,
): MoveRequest => ({
  model: path.name,
  channel: path.channel,
  message: body.message,
  expectedSequence: body.expectedSequence,
  dryRun: body.dryRun ?? false,
  actor: context.get("actor").name,
  at: dependencies.now().toISOString(),
});

/** Puts a move on the wire. */
export const toOutcome = (move: PlannedMove, { dryRun }: Pick<MoveRequest, "dryRun">) => ({
  before: toWireChannel(move.before),
  after: toWireChannel(move.after),
  summary: move.audit.summary ?? "",
  audit: dryRun ? null : toWireAuditRow(move.audit),
});
