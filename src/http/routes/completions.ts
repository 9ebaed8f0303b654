import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import type { Result } from "../../core/result.ts";
import { ok } from "../../core/result.ts";
import type { GenerationRequest } from "../../engine/generation.ts";
import type { ServiceDependencies } from "../../service/dependencies.ts";
import { parseModelReference } from "../../service/model-reference.ts";
import type { ModelRunner, ReadyModel } from "../../service/model-runner.ts";
import { randomHex, randomSeed } from "../../service/random-id.ts";
import { completionSchema } from "../../wire/completion.ts";
import { completionRequestSchema } from "../../wire/completion-request.ts";
import { answerCompletion, toProvenance, toScoredCompletion } from "../answer-completion.ts";
import type { ServiceContext, ServiceEnv } from "../context.ts";
import { keepAlive } from "../context.ts";
import { unwrap } from "../errors.ts";
import type { CompletionPlan } from "../plan-completion.ts";
import { planCompletion } from "../plan-completion.ts";
import { provenanceHeaders } from "../provenance-headers.ts";
import { eventStream } from "../sse.ts";
import { streamCompletion } from "../stream-completion.ts";
import type { CompletionHead } from "../to-wire/completion.ts";
import { toEffect } from "../to-wire/provenance.ts";
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

/** What one request is about, once everything that can be refused has been. */
interface Job {
  readonly plan: CompletionPlan;
  readonly ready: ReadyModel;
  /** The plan's generations, prompts as token ids within the context. */
  readonly admitted: readonly GenerationRequest[];
  readonly head: CompletionHead;
}

const admitAll = (plan: CompletionPlan, ready: ReadyModel): Result<readonly GenerationRequest[]> => {
  const admitted: GenerationRequest[] = [];
  for (const generation of plan.generations) {
    const result = ready.lease.engine.admit(generation, ready.patches.patchSet);
    if (!result.ok) return result;
    admitted.push(result.value);
  }
  return ok(admitted);
};

const answerWhole = async (job: Job, context: ServiceContext): Promise<Response> => {
  const { ready, admitted, head } = job;
  const { signal } = context.req.raw;
  const { completion, prefill, decode } = unwrap(await answerCompletion(ready, admitted, head, signal));
  return Response.json(completion, {
    headers: provenanceHeaders(ready, { ...ready.timings, prefill, decode }),
  });
};

const answerScore = async (job: Job, target: string, clock: () => number): Promise<Response> => {
  const { ready, admitted, head } = job;
  const prompt = admitted[0]?.prompt ?? [];
  const started = clock();
  const score = unwrap(await ready.lease.engine.score(prompt, target, ready.patches.patchSet));
  const timings = { ...ready.timings, score: clock() - started };
  return Response.json(toScoredCompletion(ready, head, score, prompt.length), {
    headers: provenanceHeaders(ready, timings),
  });
};

const answerStream = (job: Job, context: ServiceContext, log: ServiceDependencies["log"]): Response => {
  const { plan, ready, admitted, head } = job;
  const { engine, release } = ready.lease;
  const chunks = streamCompletion(
    admitted.map((generation) => engine.generate(generation, ready.patches.patchSet, context.req.raw.signal)),
    {
      head,
      withLogprobs: admitted.some((generation) => generation.logprobs !== null),
      includeUsage: plan.includeUsage,
      provenanceOf: (finish) => ({
        effect: toEffect(finish, ready.patches.originOf),
        provenance: toProvenance(ready, finish),
      }),
    },
  );
  const onFailure = (error: unknown) => log(`request ${context.get("requestId")} failed late`, error);
  return new Response(eventStream(chunks, { signal: context.req.raw.signal, onEnd: release, onFailure }), {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache",
      ...provenanceHeaders(ready, ready.timings),
    },
  });
};

/** Answers and gives the lease back; a stream does so when it is over, whoever calls where this throws. */
const answer = async (
  job: Job,
  context: ServiceContext,
  dependencies: ServiceDependencies,
): Promise<Response> => {
  if (job.plan.stream) return answerStream(job, context, dependencies.log);
  const { score } = job.plan;
  const response =
    score === null ? await answerWhole(job, context) : await answerScore(job, score, dependencies.clock);
  job.ready.lease.release();
  return response;
};

/** `POST /v1/completions`: resolves the model's patches, admits every prompt, then answers or streams. */
export const registerCompletionRoute = (
  app: OpenAPIHono<ServiceEnv>,
  dependencies: ServiceDependencies,
  runner: ModelRunner,
): void => {
  const { defaults, randomBytes, now } = dependencies;
  app.openapi(completionRoute(dependencies), async (context) => {
    const body = context.req.valid("json");
    const plan = unwrap(planCompletion(body, randomSeed(randomBytes)));
    const reference = unwrap(parseModelReference(body.model, defaults));
    const ready = unwrap(await runner.prepare(reference, (work) => keepAlive(context, work)));
    const head = {
      id: `cmpl-${randomHex(randomBytes, COMPLETION_ID_BYTES)}`,
      created: Math.floor(now().getTime() / MILLISECONDS_OF_A_SECOND),
      model: body.model ?? defaults.model,
    };
    try {
      const admitted = unwrap(admitAll(plan, ready));
      return await answer({ plan, ready, admitted, head }, context, dependencies);
    } catch (error) {
      ready.lease.release();
      throw error;
    }
  });
};
