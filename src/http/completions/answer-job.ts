import type { GenerationRequest } from "../../engine/generation.ts";
import { answerPrompts, totalTimings } from "../../service/answering/answer-prompts.ts";
import type { ReadyModel } from "../../service/answering/model-runner.ts";
import type { ServiceDependencies } from "../../service/dependencies.ts";
import type { ServiceContext } from "../context.ts";
import { unwrap } from "../errors.ts";
import { type CompletionHead, toCompletion, toScoredCompletion } from "../to-wire/completion.ts";
import type { CompletionPlan } from "./plan-completion.ts";
import { provenanceHeaders } from "./provenance-headers.ts";
import { eventStream } from "./sse.ts";
import { streamCompletion } from "./stream-completion.ts";

/** What one request is about, once everything that can be refused has been. */
export interface CompletionJob {
  readonly plan: CompletionPlan;
  readonly ready: ReadyModel;
  /** The plan's generations, prompts as token ids within the context. */
  readonly admitted: readonly GenerationRequest[];
  readonly head: CompletionHead;
}

const answerWhole = async (job: CompletionJob, context: ServiceContext): Promise<Response> => {
  const { ready, admitted, head } = job;
  const answers = unwrap(await answerPrompts(ready, admitted, context.req.raw.signal));
  return Response.json(toCompletion(ready, head, admitted, answers), {
    headers: provenanceHeaders(ready, { ...ready.timings, ...totalTimings(answers) }),
  });
};

const answerScore = async (job: CompletionJob, target: string, clock: () => number): Promise<Response> => {
  const { ready, admitted, head } = job;
  const prompt = admitted[0]?.prompt ?? [];
  const started = clock();
  const score = unwrap(await ready.lease.engine.score(prompt, target, ready.patches.patchSet));
  const timings = { ...ready.timings, score: clock() - started };
  return Response.json(toScoredCompletion(ready, head, score, prompt.length), {
    headers: provenanceHeaders(ready, timings),
  });
};

const answerStream = (
  job: CompletionJob,
  context: ServiceContext,
  log: ServiceDependencies["log"],
): Response => {
  const { plan, ready, admitted, head } = job;
  const { engine, release } = ready.lease;
  const chunks = streamCompletion(
    admitted.map((generation) => engine.generate(generation, ready.patches.patchSet, context.req.raw.signal)),
    {
      ready,
      head,
      withLogprobs: admitted.some((generation) => generation.logprobs !== null),
      includeUsage: plan.includeUsage,
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
export const answerJob = async (
  job: CompletionJob,
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
