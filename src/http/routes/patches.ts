import { createRoute } from "@hono/zod-openapi";
import type { ServiceDependencies } from "../../service/dependencies.ts";
import { togglePatch } from "../../service/releasing/move-patches.ts";
import { readCatalog } from "../../service/releasing/read-catalog.ts";
import { findChannelOf } from "../../service/releasing/resolve-target.ts";
import {
  channelPatchesSchema,
  disableOutcomeSchema,
  enableOutcomeSchema,
  toggleRequestSchema,
} from "../../wire/patch.ts";
import { unwrap } from "../errors.ts";
import { toWireChannel, toWirePatch } from "../to-wire/channel.ts";
import { CHANNEL_PATH, channelParams, moveRoute, toMoveRequest, toPatchOutcome } from "./move-parts.ts";
import { jsonResponse, type RegisterRoutes, refusals, secured } from "./route-parts.ts";

const STATUSES = {
  disable: { done: "disabled", planned: "would disable", already: "already disabled" },
  enable: { done: "enabled", planned: "would enable", already: "already enabled" },
} as const;

const listRoute = (dependencies: ServiceDependencies) =>
  createRoute({
    method: "get",
    path: `${CHANNEL_PATH}/patches`,
    tags: ["patches"],
    summary: "Every patch that the channel holds, attached or disabled, the bundle's first.",
    ...secured(dependencies, "bundle:read"),
    request: { params: channelParams },
    responses: {
      200: jsonResponse(channelPatchesSchema, "The channel and its patches."),
      ...refusals,
    },
  });

const disableRoute = (dependencies: ServiceDependencies) =>
  moveRoute(dependencies, {
    verb: "disable",
    tag: "patches",
    summary: "Takes one patch off the channel, without a new bundle.",
    scope: "release:rollback",
    body: toggleRequestSchema,
    outcome: disableOutcomeSchema,
  });

const enableRoute = (dependencies: ServiceDependencies) =>
  moveRoute(dependencies, {
    verb: "enable",
    tag: "patches",
    summary: "Puts a disabled patch back on the channel.",
    scope: "release:write",
    body: toggleRequestSchema,
    outcome: enableOutcomeSchema,
  });

/** The patches of a channel: list, disable, enable. */
export const registerPatchRoutes: RegisterRoutes = (app, dependencies) => {
  app.openapi(listRoute(dependencies), async (context) => {
    const { name, channel } = context.req.valid("param");
    const state = unwrap(await findChannelOf(dependencies, name, channel));
    const catalog = unwrap(await readCatalog(dependencies, state));
    const data = [...catalog.patches.values()].map((patch) => toWirePatch(patch, state));
    return context.json({ channel: toWireChannel(state), data }, 200);
  });
  app.openapi(disableRoute(dependencies), async (context) => {
    const body = context.req.valid("json");
    const request = toMoveRequest(context, context.req.valid("param"), body, dependencies);
    const moved = unwrap(await togglePatch(dependencies, request, body.patch, "disable"));
    return context.json(toPatchOutcome(moved, request.dryRun, STATUSES.disable), 200);
  });
  app.openapi(enableRoute(dependencies), async (context) => {
    const body = context.req.valid("json");
    const request = toMoveRequest(context, context.req.valid("param"), body, dependencies);
    const moved = unwrap(await togglePatch(dependencies, request, body.patch, "enable"));
    return context.json(toPatchOutcome(moved, request.dryRun, STATUSES.enable), 200);
  });
};
