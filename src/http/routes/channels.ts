import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute, z } from "@hono/zod-openapi";
import type { PlannedMove } from "../../core/release/channel.ts";
import type { ServiceContext, ServiceEnv } from "../context.ts";
import type { ServiceDependencies } from "../dependencies.ts";
import { unwrap } from "../errors.ts";
import { LIMITS } from "../limits.ts";
import type { MoveRequest } from "../move-channel.ts";
import { releaseVersion, rollBack } from "../move-channel.ts";
import { findChannel } from "../resolve-target.ts";
import {
  auditRowSchema,
  channelSchema,
  moveSchema,
  toWireAuditRow,
  toWireChannel,
  toWireMove,
} from "../wire/channel.ts";
import { channelParam, jsonBody, jsonResponse, modelNameParam, refusals, secured } from "./route-parts.ts";

const PATH = "/v1/models/{name}/channels/{channel}";
const params = z.object({ name: modelNameParam, channel: channelParam });

const moveFields = {
  message: z.string().min(1).max(LIMITS.messageCharacters),
  expectedSequence: z.int().nonnegative().optional().openapi({
    description: "Refuse with `sequence_conflict` if the channel has moved past this.",
  }),
  dryRun: z.boolean().optional(),
};
/** A version as a number or as text: clients write both. */
const versionSchema = z.union([z.string(), z.int()], {
  error: "expected none, a version number, or a bundle id",
});

const outcomeSchema = z.object({
  status: z.enum(["released", "would release", "rolled back", "would roll back"]),
  before: channelSchema,
  after: channelSchema,
  audit: auditRowSchema.nullable().openapi({ description: "The audit row; null for a dry run." }),
});

const listRoute = (dependencies: ServiceDependencies) =>
  createRoute({
    method: "get",
    path: "/v1/channels",
    tags: ["channels"],
    summary: "The channels that have ever moved, by model and name.",
    ...secured(dependencies, "bundle:read"),
    request: { query: z.object({ model: z.string().optional() }) },
    responses: {
      200: jsonResponse(z.object({ data: z.array(channelSchema) }), "The channels."),
      ...refusals,
    },
  });

const showRoute = (dependencies: ServiceDependencies) =>
  createRoute({
    method: "get",
    path: PATH,
    tags: ["channels"],
    summary: "A channel as it stands.",
    ...secured(dependencies, "bundle:read"),
    request: { params },
    responses: { 200: jsonResponse(channelSchema, "The channel."), ...refusals },
  });

const releaseRoute = (dependencies: ServiceDependencies) =>
  createRoute({
    method: "post",
    path: `${PATH}/release`,
    tags: ["channels"],
    summary: "Points the channel at a version.",
    ...secured(dependencies, "release:write"),
    request: { params, body: jsonBody(z.object({ version: versionSchema, ...moveFields })) },
    responses: { 200: jsonResponse(outcomeSchema, "The channel before and after."), ...refusals },
  });

const rollbackRoute = (dependencies: ServiceDependencies) =>
  createRoute({
    method: "post",
    path: `${PATH}/rollback`,
    tags: ["channels"],
    summary: "Undoes the newest release, or goes back to a version.",
    ...secured(dependencies, "release:rollback"),
    request: { params, body: jsonBody(z.object({ to: versionSchema.optional(), ...moveFields })) },
    responses: { 200: jsonResponse(outcomeSchema, "The channel before and after."), ...refusals },
  });

const historyRoute = (dependencies: ServiceDependencies) =>
  createRoute({
    method: "get",
    path: `${PATH}/history`,
    tags: ["channels"],
    summary: "Every move of the channel, newest first.",
    ...secured(dependencies, "bundle:read"),
    request: { params },
    responses: { 200: jsonResponse(z.object({ data: z.array(moveSchema) }), "The moves."), ...refusals },
  });

const toMoveRequest = (
  context: ServiceContext,
  path: { readonly name: string; readonly channel: string },
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

const toOutcome = <Status extends string>(
  move: PlannedMove,
  dryRun: boolean,
  done: Status,
  planned: Status,
) => ({
  status: dryRun ? planned : done,
  before: toWireChannel(move.before),
  after: toWireChannel(move.after),
  audit: dryRun ? null : toWireAuditRow(move.audit),
});

/** Channels: list, show, release, roll back, history. */
export const registerChannelRoutes = (
  app: OpenAPIHono<ServiceEnv>,
  dependencies: ServiceDependencies,
): void => {
  const { stores, defaults } = dependencies;
  app.openapi(listRoute(dependencies), async (context) => {
    const { model } = context.req.valid("query");
    if (model !== undefined) unwrap(await stores.models.find(model));
    return context.json({ data: (await stores.channels.list(model)).map(toWireChannel) }, 200);
  });
  app.openapi(showRoute(dependencies), async (context) => {
    const { name, channel } = context.req.valid("param");
    unwrap(await stores.models.find(name));
    const state = unwrap(await findChannel(stores.channels, name, channel, defaults.channel));
    return context.json(toWireChannel(state), 200);
  });
  app.openapi(releaseRoute(dependencies), async (context) => {
    const body = context.req.valid("json");
    const request = toMoveRequest(context, context.req.valid("param"), body, dependencies);
    const move = unwrap(await releaseVersion(stores, request, String(body.version)));
    return context.json(toOutcome(move, request.dryRun, "released", "would release"), 200);
  });
  app.openapi(rollbackRoute(dependencies), async (context) => {
    const body = context.req.valid("json");
    const request = toMoveRequest(context, context.req.valid("param"), body, dependencies);
    const to = body.to === undefined ? undefined : String(body.to);
    const move = unwrap(await rollBack(stores, request, to));
    return context.json(toOutcome(move, request.dryRun, "rolled back", "would roll back"), 200);
  });
  app.openapi(historyRoute(dependencies), async (context) => {
    const { name, channel } = context.req.valid("param");
    unwrap(await stores.models.find(name));
    unwrap(await findChannel(stores.channels, name, channel, defaults.channel));
    const rows = await stores.channels.history(name, channel);
    return context.json({ data: rows.toReversed().map(toWireMove) }, 200);
  });
};
