import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { toHex } from "../../core/hex.ts";
import { admitPrompts } from "../../service/answering/answer-prompts.ts";
import { drawSeed } from "../../service/answering/draw-seed.ts";
import type { ModelRunner } from "../../service/answering/model-runner.ts";
import type { ServiceDependencies } from "../../service/dependencies.ts";
import { parseModelReference } from "../../service/model-reference.ts";
import { completionSchema } from "../../wire/completion.ts";
import { completionRequestSchema } from "../../wire/completion-request.ts";
import { answerJob } from "../completions/answer-job.ts";
import { planCompletion } from "../completions/plan-completion.ts";
import { keepAlive, type ServiceEnv } from "../context.ts";
import { unwrap } from "../errors.ts";
import { jsonBody, refusals, secured } from "./route-parts.ts";

/** Random bytes in a completion's id. */
const COMPLETION_ID_BYTES = 12;
const MILLISECONDS_OF_A_SECOND = 1000;

const completionRoute = (dependencies: ServiceDependencies) =>
  createRoute({
    method: "post",
    path: "/v1/completions",
    tags: ["completions"],
    summary: "Completes prompts, in OpenAI's shape, and says which patches made the answer.",
    ...secured(dependencies, "infer"),
    request: { body: jsonBody(completionRequestSchema) },
    responses: {
      200: {
        description: "The completion; with `stream`, its chunks as server-sent events, closed by `[DONE]`.",
        content: {
          "application/json": { schema: completionSchema },
          "text/event-stream": { schema: z.string() },
        },
      },
      ...refusals,
    },
  });

/** `POST /v1/completions`: resolves the model's patches, admits every prompt, then answers or streams. */
export const registerCompletionRoute = (
  app: OpenAPIHono<ServiceEnv>,
  dependencies: ServiceDependencies,
  runner: ModelRunner,
): void => {
  const { defaults, randomBytes, now } = dependencies;
  app.openapi(completionRoute(dependencies), async (context) => {
    const body = context.req.valid("json");
    const plan = unwrap(planCompletion(body, drawSeed(randomBytes)));
    const reference = unwrap(parseModelReference(body.model, defaults));
    const ready = unwrap(await runner.prepare(reference, (work) => keepAlive(context, work)));
    const head = {
      id: `cmpl-${toHex(randomBytes(COMPLETION_ID_BYTES))}`,
      created: Math.floor(now().getTime() / MILLISECONDS_OF_A_SECOND),
      model: body.model ?? defaults.model,
    };
    try {
      const admitted = unwrap(admitPrompts(ready, plan.generations));
      return await answerJob({ plan, ready, admitted, head }, context, dependencies);
    } catch (error) {
      ready.lease.release();
      throw error;
    }
  });
};
