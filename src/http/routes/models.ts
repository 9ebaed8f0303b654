import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import type { ServiceDependencies } from "../../service/dependencies.ts";
import { describeModel, listModels } from "../../service/models/describe-models.ts";
import { registerModel } from "../../service/models/register-model.ts";
import {
  modelDetailSchema,
  modelListSchema,
  modelRequestSchema,
  registrationSchema,
} from "../../wire/model.ts";
import { unwrap } from "../errors.ts";
import { toWireChannelModel, toWireModel, toWireModelDetail } from "../to-wire/model.ts";
import {
  jsonBody,
  jsonResponse,
  modelNameParam,
  type RegisterRoutes,
  refusals,
  secured,
} from "./route-parts.ts";

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

/** Base models: list, look up, register. */
export const registerModelRoutes: RegisterRoutes = (app, dependencies) => {
  app.openapi(listRoute(dependencies), async (context) => {
    const data = (await listModels(dependencies)).flatMap(({ record, served, channels }) => [
      toWireModel(record, served),
      ...channels.map((state) => toWireChannelModel(record, state)),
    ]);
    return context.json({ object: "list" as const, data }, 200);
  });
  app.openapi(getRoute(dependencies), async (context) =>
    context.json(
      toWireModelDetail(unwrap(await describeModel(dependencies, context.req.valid("param").name))),
      200,
    ),
  );
  app.openapi(putRoute(dependencies), async (context) => {
    const { name } = context.req.valid("param");
    const { model } = context.req.valid("json");
    const { status, record } = unwrap(await registerModel(dependencies, name, model));
    return context.json({ name, digest: record.digest, status }, status === "registered" ? 201 : 200);
  });
};
