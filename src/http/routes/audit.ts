import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute } from "@hono/zod-openapi";
import type { AuditRow, ChannelState } from "../../core/release/channel.ts";
import { verifyAudit } from "../../core/release/verify-audit.ts";
import type { ServiceDependencies } from "../../service/dependencies.ts";
import type { ChannelStore } from "../../store/ports.ts";
import { auditQuerySchema, auditSchema } from "../../wire/move.ts";
import type { ServiceEnv } from "../context.ts";
import { unwrap } from "../errors.ts";
import { toWireAuditRow } from "../to-wire/channel.ts";
import { jsonResponse, refusals, secured } from "./route-parts.ts";

const auditRoute = (dependencies: ServiceDependencies) =>
  createRoute({
    method: "get",
    path: "/v1/audit",
    tags: ["audit"],
    summary: "Every move of every channel, and whether the chains of hashes hold.",
    ...secured(dependencies, "bundle:read"),
    request: { query: auditQuerySchema },
    responses: {
      200: jsonResponse(auditSchema, "By model and channel, oldest move first."),
      ...refusals,
    },
  });

/** A channel's rows, and whether they are those it was left with. */
const readHistory = async (
  channels: ChannelStore,
  state: ChannelState,
): Promise<{ readonly rows: readonly AuditRow[]; readonly verified: boolean }> => {
  const rows = await channels.history(state.model, state.channel);
  return { rows, verified: (await verifyAudit(rows, state)).ok };
};

/** The audit of all channels, or of those that the query selects. */
export const registerAuditRoute = (app: OpenAPIHono<ServiceEnv>, dependencies: ServiceDependencies): void => {
  const { channels, models } = dependencies.stores;
  app.openapi(auditRoute(dependencies), async (context) => {
    const { model, channel } = context.req.valid("query");
    if (model !== undefined) unwrap(await models.find(model));
    const states = await channels.list(model);
    const selected = states.filter((state) => channel === undefined || state.channel === channel);
    const histories = await Promise.all(selected.map((state) => readHistory(channels, state)));
    const data = histories.flatMap(({ rows }) => rows.map(toWireAuditRow));
    return context.json({ data, verified: histories.every(({ verified }) => verified) }, 200);
  });
};
