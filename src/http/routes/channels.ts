import { createRoute } from "@hono/zod-openapi";
import type { ServiceDependencies } from "../../service/dependencies.ts";
import { releaseVersion, rollBack } from "../../service/releasing/move-channel.ts";
import { findChannelOf } from "../../service/releasing/resolve-target.ts";
import { channelListSchema, channelQuerySchema, channelSchema } from "../../wire/channel.ts";
import {
  historyPageSchema,
  historyQuerySchema,
  releaseOutcomeSchema,
  releaseRequestSchema,
  rollbackRequestSchema,
} from "../../wire/move.ts";
import { unwrap } from "../errors.ts";
import { toWireChannel, toWireMove } from "../to-wire/channel.ts";
import { CHANNEL_PATH, channelParams, moveRoute, toMoveRequest, toOutcome } from "./move-parts.ts";
import { jsonResponse, type RegisterRoutes, refusals, secured } from "./route-parts.ts";

const listRoute = (dependencies: ServiceDependencies) =>
  createRoute({
    method: "get",
    path: "/v1/channels",
    tags: ["channels"],
    summary: "The channels that have ever moved, by model and name.",
    ...secured(dependencies, "bundle:read"),
    request: { query: channelQuerySchema },
    responses: { 200: jsonResponse(channelListSchema, "The channels."), ...refusals },
  });

const showRoute = (dependencies: ServiceDependencies) =>
  createRoute({
    method: "get",
    path: CHANNEL_PATH,
    tags: ["channels"],
    summary: "A channel as it stands.",
    ...secured(dependencies, "bundle:read"),
    request: { params: channelParams },
    responses: { 200: jsonResponse(channelSchema, "The channel."), ...refusals },
  });

const releaseRoute = (dependencies: ServiceDependencies) =>
  moveRoute(dependencies, {
    verb: "release",
    tag: "channels",
    summary: "Points the channel at a version.",
    scope: "release:write",
    body: releaseRequestSchema,
    outcome: releaseOutcomeSchema,
  });

const rollbackRoute = (dependencies: ServiceDependencies) =>
  moveRoute(dependencies, {
    verb: "rollback",
    tag: "channels",
    summary: "Undoes the newest release, hotfix, disable or enable, or goes back to a version.",
    scope: "release:rollback",
    body: rollbackRequestSchema,
    outcome: releaseOutcomeSchema,
  });

const historyRoute = (dependencies: ServiceDependencies) =>
  createRoute({
    method: "get",
    path: `${CHANNEL_PATH}/history`,
    tags: ["channels"],
    summary: "The moves of the channel, newest first.",
    ...secured(dependencies, "bundle:read"),
    request: { params: channelParams, query: historyQuerySchema },
    responses: { 200: jsonResponse(historyPageSchema, "One page."), ...refusals },
  });

/** Channels: list, show, release, roll back, history. */
export const registerChannelRoutes: RegisterRoutes = (app, dependencies) => {
  const { stores } = dependencies;
  app.openapi(listRoute(dependencies), async (context) => {
    const { model } = context.req.valid("query");
    if (model !== undefined) unwrap(await stores.models.find(model));
    return context.json({ data: (await stores.channels.list(model)).map(toWireChannel) }, 200);
  });
  app.openapi(showRoute(dependencies), async (context) => {
    const { name, channel } = context.req.valid("param");
    return context.json(toWireChannel(unwrap(await findChannelOf(dependencies, name, channel))), 200);
  });
  app.openapi(releaseRoute(dependencies), async (context) => {
    const body = context.req.valid("json");
    const request = toMoveRequest(context, context.req.valid("param"), body, dependencies);
    const move = unwrap(await releaseVersion(dependencies, request, String(body.version)));
    const status = request.dryRun ? "would release" : "released";
    return context.json({ status, ...toOutcome(move, request) } as const, 200);
  });
  app.openapi(rollbackRoute(dependencies), async (context) => {
    const body = context.req.valid("json");
    const request = toMoveRequest(context, context.req.valid("param"), body, dependencies);
    const to = body.to === undefined ? undefined : String(body.to);
    const move = unwrap(await rollBack(dependencies, request, to));
    const status = request.dryRun ? "would roll back" : "rolled back";
    return context.json({ status, ...toOutcome(move, request) } as const, 200);
  });
  app.openapi(historyRoute(dependencies), async (context) => {
    const { name, channel } = context.req.valid("param");
    unwrap(await findChannelOf(dependencies, name, channel));
    const { limit, after } = context.req.valid("query");
    const page = { limit, ...(after === undefined ? {} : { below: after }) };
    const { data, more } = await stores.channels.moves(name, channel, page);
    return context.json({ data: data.map(toWireMove), more }, 200);
  });
};
