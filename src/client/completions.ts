import { problem } from "../core/problem.ts";
import { fail, ok, type Result } from "../core/result.ts";
import { type Completion, completionSchema } from "../wire/completion.ts";
import type { CompletionRequest } from "../wire/completion-request.ts";
import { readEventStream } from "./event-stream.ts";
import { parseErrorEnvelope } from "./read-refusal.ts";
import { type CallOptions, type ServiceRequest, type Transport, unknownForm } from "./transport.ts";

/** What a completion asks; the method says whether it is streamed. */
export type CompletionCall = Omit<CompletionRequest, "stream">;

/** A completion, and what its parts took. */
export interface TimedCompletion {
  readonly completion: Completion;
  /** The answer's `Server-Timing` header; null where something between took it away. */
  readonly serverTiming: string | null;
}

const toRequest = (json: unknown): ServiceRequest => ({ method: "POST", path: "/v1/completions", json });

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** One event of a stream: a chunk, or the problem that ended the answer. */
const parseChunk = (request: ServiceRequest, payload: string): Result<Completion> => {
  const body = parseJson(payload);
  const refusal = parseErrorEnvelope(body);
  if (refusal) return fail(refusal);
  const parsed = completionSchema.safeParse(body);
  return parsed.success ? ok(parsed.data) : fail(unknownForm(request, parsed.error.message));
};

async function* streamChunks(
  transport: Transport,
  json: unknown,
  call?: CallOptions,
): AsyncGenerator<Result<Completion>, void> {
  const request = toRequest(json);
  const answer = await transport.send(request, call);
  if (!answer.ok) return yield answer;
  if (answer.value.body === null) return yield fail(unknownForm(request, "no body."));
  const payloads = readEventStream(answer.value.body);
  try {
    for (;;) {
      const next = await payloads.next();
      if (next.done && next.value) return;
      if (next.done) return yield fail(problem("service_unreachable", "The answer broke off. Ask again."));
      const chunk = parseChunk(request, next.value);
      yield chunk;
      if (!chunk.ok) return;
    }
  } catch (cause) {
    yield fail(transport.interrupted(cause, call));
  } finally {
    await payloads.return(false);
  }
}

/** Completions: whole, or as they are generated. */
export const completionMethods = (transport: Transport) => ({
  /** A whole completion. */
  create: (request: CompletionCall, call?: CallOptions): Promise<Result<Completion>> =>
    transport.json(toRequest(request), completionSchema, call),

  /** A whole completion, and how long the service worked on it. */
  createTimed: async (request: CompletionCall, call?: CallOptions): Promise<Result<TimedCompletion>> => {
    const sent = toRequest(request);
    const answer = await transport.send(sent, call);
    if (!answer.ok) return answer;
    const serverTiming = answer.value.headers.get("server-timing");
    const completion = await transport.read(sent, answer.value, completionSchema, call);
    return completion.ok ? ok({ completion: completion.value, serverTiming }) : completion;
  },

  /**
   * The chunks of a completion as they are generated; the last one of each choice says where it comes from. A
   * refusal, and a stream that breaks off, is the last item. Whoever stops reading stops the generation.
   */
  stream: (request: CompletionCall, call?: CallOptions): AsyncGenerator<Result<Completion>, void> =>
    streamChunks(transport, { ...request, stream: true }, call),
});
