import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import type { PreparedModel } from "../../core/model/prepared-model.ts";
import { preparedModelSchema } from "../../core/model/prepared-model.ts";
import { problem } from "../../core/problem.ts";
import type { ChannelState } from "../../core/release/channel.ts";
import { parseChannelName, unreleasedChannel } from "../../core/release/channel.ts";
import type { Result } from "../../core/result.ts";
import { fail, ok } from "../../core/result.ts";
import { weightsFault } from "../../engine/backends/weights-fault.ts";
import type { ServiceDependencies } from "../../service/dependencies.ts";
import {
  modelDetailSchema,
  modelListSchema,
  modelRequestSchema,
  registrationSchema,
} from "../../wire/model.ts";
import type { ServiceEnv } from "../context.ts";
import { unwrap } from "../errors.ts";
import { toWireChannel } from "../to-wire/channel.ts";
import { toWireChannelModel, toWireModel } from "../to-wire/model.ts";
import { jsonBody, jsonResponse, modelNameParam, refusals, secured } from "./route-parts.ts";

const listRoute = (dependencies: ServiceDependencies) =>
  createRoute({
    method: "get",
    path: "/v1/models",
    tags: ["models"],
    summary: "Every base model and every channel of each.",
    ...secured(dependencies, "infer"),
    responses: {
      200: jsonResponse(modelListSchema, "By name; a base model stands before its channels."),
      ...refusals,
    },
  });

const getRoute = (dependencies: ServiceDependencies) =>
  createRoute({
    method: "get",
    path: "/v1/models/{name}",
    tags: ["models"],
    summary: "A base model (`world`) or a channel of one (`world@canary`).",
    ...secured(dependencies, "infer"),
    request: { params: z.object({ name: modelNameParam }) },
    responses: { 200: jsonResponse(modelDetailSchema, "The model."), ...refusals },
  });

const putRoute = (dependencies: ServiceDependencies) =>
  createRoute({
    method: "put",
    path: "/v1/models/{name}",
    tags: ["models"],
    summary: "Registers a prepared model whose graphs, weights and tokenizer are stored as blobs.",
    ...secured(dependencies, "admin"),
    request: {
      params: z.object({ name: modelNameParam }),
      body: jsonBody(modelRequestSchema),
    },
    responses: {
      200: jsonResponse(registrationSchema, "It was registered before."),
      201: jsonResponse(registrationSchema, "It is registered."),
      ...refusals,
    },
  });

const parseModel = (json: unknown, name: string): Result<PreparedModel> => {
  const parsed = preparedModelSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const param = ["model", ...(issue?.path ?? [])].map(String).join(".");
    return fail(problem("malformed_model", `${param}: ${issue?.message ?? "malformed"}.`, { param }));
  }
  if (parsed.data.name === name) return ok(parsed.data);
  const message = `The path names the model ${name}, its description ${parsed.data.name}; they must agree.`;
  return fail(problem("invalid_request", message, { param: "model.name" }));
};

const checkBlobs = async (
  { stores, backend }: ServiceDependencies,
  model: PreparedModel,
): Promise<Result<PreparedModel>> => {
  const sizes = await stores.blobs.sizes(Object.values(model.digests));
  const tooLarge = weightsFault(backend, sizes.get(model.digests.weights) ?? 0);
  if (tooLarge !== null) return fail(tooLarge);
  const missing = [...new Set(Object.values(model.digests))].filter((digest) => !sizes.has(digest));
  if (missing.length === 0) return ok(model);
  const message = `Upload these blobs first, then register the model: ${missing.join(", ")}.`;
  return fail(problem("missing_blob", message, { param: "model.digests", detail: { digests: missing } }));
};

/** Reads `world` or `world@canary`; anything after a second @ is part of no channel's name. */
const parseModelAddress = (
  text: string,
): Result<{ readonly name: string; readonly channel: string | undefined }> => {
  const [name = "", ...rest] = text.split("@");
  if (rest.length === 0) return ok({ name, channel: undefined });
  const channel = parseChannelName(rest.join("@"));
  if (channel.ok) return ok({ name, channel: channel.value });
  return fail(
    problem("unknown_channel", `"${text.slice(0, 200)}" names no model and channel.`, { param: "name" }),
  );
};

const findState = (
  states: readonly ChannelState[],
  model: string,
  channel: string,
  defaultChannel: string,
): Result<ChannelState> => {
  const state = states.find((candidate) => candidate.model === model && candidate.channel === channel);
  if (state) return ok(state);
  if (channel === defaultChannel) return ok(unreleasedChannel(model, channel));
  return fail(
    problem("unknown_channel", `The model ${model} has no channel "${channel}".`, { param: "name" }),
  );
};

/** Base models: list, look up, register. */
export const registerModelRoutes = (
  app: OpenAPIHono<ServiceEnv>,
  dependencies: ServiceDependencies,
): void => {
  const { models, bundles, channels } = dependencies.stores;
  const defaultChannel = dependencies.defaults.channel;
  app.openapi(listRoute(dependencies), async (context) => {
    const [records, states] = await Promise.all([models.list(), channels.list()]);
    const data = records.flatMap((record) => {
      const own = states.filter((state) => state.model === record.name);
      const served = unwrap(findState(own, record.name, defaultChannel, defaultChannel));
      return [toWireModel(record, served), ...own.map((state) => toWireChannelModel(record, state))];
    });
    return context.json({ object: "list" as const, data }, 200);
  });
  app.openapi(getRoute(dependencies), async (context) => {
    const { name, channel } = unwrap(parseModelAddress(context.req.valid("param").name));
    const record = unwrap(await models.find(name));
    const [own, newest] = await Promise.all([channels.list(name), bundles.list(name, { limit: 1 })]);
    const state = unwrap(findState(own, name, channel ?? defaultChannel, defaultChannel));
    const model = channel === undefined ? toWireModel(record, state) : toWireChannelModel(record, state);
    const errata = {
      ...model.errata,
      digest: record.digest,
      prepared: record.model,
      bundles: newest.data[0]?.version ?? 0,
      channels: own.map(toWireChannel),
    };
    return context.json({ ...model, errata }, 200);
  });
  app.openapi(putRoute(dependencies), async (context) => {
    const { name } = context.req.valid("param");
    const model = unwrap(parseModel(context.req.valid("json").model, name));
    unwrap(await checkBlobs(dependencies, model));
    const { status, record } = unwrap(await models.register(model, dependencies.now().toISOString()));
    return context.json({ name, digest: record.digest, status }, status === "registered" ? 201 : 200);
  });
};
