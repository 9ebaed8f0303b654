import { z } from "zod";
import type { PlannedMove } from "../../core/release/channel.ts";
import type { ServiceDependencies } from "../../service/dependencies.ts";
import type { MoveRequest } from "../../service/releasing/move-channel.ts";
import type { MoveFields, MoveOutcome } from "../../wire/move.ts";
import type { ServiceContext } from "../context.ts";
import { toWireAuditRow, toWireChannel } from "../to-wire/channel.ts";
import { channelParam, modelNameParam } from "./route-parts.ts";

/*
 * What all routes that move a channel have in common.
 */

/** The path of one channel. */
export const CHANNEL_PATH = "/v1/models/{name}/channels/{channel}";

/** What that path names. */
export const channelParams = z.object({ name: modelNameParam, channel: channelParam });

/** The move that a request asks for. */
export const toMoveRequest = (
  context: ServiceContext,
  path: z.infer<typeof channelParams>,
  body: MoveFields,
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
export const toOutcome = (
  move: PlannedMove,
  { dryRun }: Pick<MoveRequest, "dryRun">,
): Omit<MoveOutcome, "status"> => ({
  before: toWireChannel(move.before),
  after: toWireChannel(move.after),
  summary: move.audit.summary ?? "",
  audit: dryRun ? null : toWireAuditRow(move.audit),
});
