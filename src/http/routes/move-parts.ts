import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import type { PlannedMove } from "../../core/release/channel.ts";
import type { Scope } from "../../core/scope.ts";
import type { ServiceDependencies } from "../../service/dependencies.ts";
import type { MoveRequest } from "../../service/releasing/move-channel.ts";
import type { PatchMove } from "../../service/releasing/move-patches.ts";
import type { MoveFields, MoveOutcome } from "../../wire/move.ts";
import type { ServiceContext } from "../context.ts";
import { toWireAuditRow, toWireChannel } from "../to-wire/channel.ts";
import { channelParam, jsonBody, jsonResponse, modelNameParam, refusals, secured } from "./route-parts.ts";

/*
 * What all routes that move a channel have in common.
 */

/** The path of one channel. */
export const CHANNEL_PATH = "/v1/models/{name}/channels/{channel}";

/** What that path names. */
export const channelParams = z.object({ name: modelNameParam, channel: channelParam });

/** What tells one route that moves a channel from another. */
interface MoveRouteFacts<Verb extends string, Body extends z.ZodType, Outcome extends z.ZodType> {
  /** Ends the path. */
  readonly verb: Verb;
  readonly tag: string;
  readonly summary: string;
  readonly scope: Scope;
  readonly body: Body;
  readonly bodyBytes?: number;
  readonly outcome: Outcome;
}

/** A route that moves a channel. */
export const moveRoute = <const Verb extends string, Body extends z.ZodType, Outcome extends z.ZodType>(
  dependencies: ServiceDependencies,
  { verb, tag, summary, scope, body, bodyBytes, outcome }: MoveRouteFacts<Verb, Body, Outcome>,
) =>
  createRoute({
    method: "post",
    path: `${CHANNEL_PATH}/${verb}`,
    tags: [tag],
    summary,
    ...secured(dependencies, scope, bodyBytes),
    request: { params: channelParams, body: jsonBody(body) },
    responses: { 200: jsonResponse(outcome, "The channel before and after."), ...refusals },
  });

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

/** Puts a move of patches on the wire; where there was nothing to do, the channel stands on both sides. */
export const toPatchOutcome = <Status extends string>(
  { channel, move }: PatchMove,
  dryRun: boolean,
  statuses: { readonly done: Status; readonly planned: Status; readonly already: Status },
) => {
  if (move !== null)
    return { status: dryRun ? statuses.planned : statuses.done, ...toOutcome(move, { dryRun }) };
  const state = toWireChannel(channel);
  return { status: statuses.already, before: state, after: state, summary: statuses.already, audit: null };
};
