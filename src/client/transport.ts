import type * as z from "zod";
import { type Problem, problem } from "../core/problem.ts";
import { fail, ok, type Result } from "../core/result.ts";
import { readRefusal } from "./read-refusal.ts";

/** Which service, as whom, and by what means. */
export interface ClientOptions {
  /** The service's root, such as `https://errata.example.com`. */
  readonly url: string;
  /** Without one the service answers what needs none, and refuses the rest. */
  readonly token?: string | null | undefined;
  /** The platform's own by default. */
  readonly fetch?: typeof fetch | undefined;
  /** Aborts every call of the client. */
  readonly signal?: AbortSignal | undefined;
}

/** What one call may bring besides what it asks. */
export interface CallOptions {
  /** Aborts this call. */
  readonly signal?: AbortSignal | undefined;
}

/** One request: a JSON body, raw bytes, or none. */
export interface ServiceRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** From the service's root, with its query. */
  readonly path: string;
  readonly json?: unknown;
  readonly bytes?: Uint8Array;
}

/** The service over `fetch`. Refusals come back as the problems that the service stated. */
export interface Transport {
  /** Without a slash at its end. */
  readonly url: string;
  /** An answered request, its body unread. Errors: the service's; `service_unreachable`; `cancelled`. */
  readonly send: (request: ServiceRequest, call?: CallOptions) => Promise<Result<Response>>;
  /** An answer's JSON, which fits `schema`. Errors: `internal` where it does not; those of a connection that fails. */
  readonly read: <Value>(
    request: ServiceRequest,
    answer: Response,
    schema: z.ZodType<Value>,
    call?: CallOptions,
  ) => Promise<Result<Value>>;
  /** Sends and reads. Errors: of both. */
  readonly json: <Value>(
    request: ServiceRequest,
    schema: z.ZodType<Value>,
    call?: CallOptions,
  ) => Promise<Result<Value>>;
  /** What a failure of the connection is called, before an answer or in the midst of one. */
  readonly interrupted: (cause: unknown, call?: CallOptions) => Problem;
}

const reasonOf = (cause: unknown): string => {
  const inner = (cause as { cause?: { code?: string; message?: string } }).cause;
  return inner?.code ?? inner?.message ?? (cause as Error).message;
};

const headersOf = (token: string | null | undefined, { json, bytes }: ServiceRequest): Headers => {
  const headers = new Headers();
  if (token) headers.set("authorization", `Bearer ${token}`);
  if (json !== undefined) headers.set("content-type", "application/json");
  if (bytes !== undefined) headers.set("content-type", "application/octet-stream");
  return headers;
};

/** The problem of an answer that has another form than this client knows. */
export const unknownForm = ({ method, path }: ServiceRequest, reason: string): Problem =>
  problem("internal", `${method} ${path} answered in a form that this client does not know: ${reason}`);

/** The way to one service. */
export const createTransport = (options: ClientOptions): Transport => {
  const { token, signal: always, fetch = globalThis.fetch } = options;
  const url = options.url.replace(/\/+$/, "");
  const signalOf = ({ signal }: CallOptions = {}): AbortSignal | null =>
    always && signal ? AbortSignal.any([always, signal]) : (always ?? signal ?? null);
  const interrupted = (cause: unknown, call?: CallOptions): Problem => {
    if (signalOf(call)?.aborted) return problem("cancelled", "Interrupted.");
    const reason = reasonOf(cause);
    return problem("service_unreachable", `No service answers at ${url} (${reason}).`, {
      param: "url",
      detail: { url, reason },
    });
  };
  const send: Transport["send"] = async (request, call) => {
    const { method, path, json, bytes } = request;
    const body = (bytes as Uint8Array<ArrayBuffer>) ?? (json === undefined ? null : JSON.stringify(json));
    const init = { method, headers: headersOf(token, request), body, signal: signalOf(call) };
    try {
      const response = await fetch(`${url}${path}`, init);
      return response.ok ? ok(response) : fail(await readRefusal(response, url));
    } catch (cause) {
      return fail(interrupted(cause, call));
    }
  };
  const read: Transport["read"] = async (request, answer, schema, call) => {
    try {
      const parsed = schema.safeParse(JSON.parse(await answer.text()));
      return parsed.success ? ok(parsed.data) : fail(unknownForm(request, parsed.error.message));
    } catch (cause) {
      const malformed = cause instanceof SyntaxError;
      return fail(malformed ? unknownForm(request, cause.message) : interrupted(cause, call));
    }
  };
  const json: Transport["json"] = async (request, schema, call) => {
    const answer = await send(request, call);
    return answer.ok ? read(request, answer.value, schema, call) : answer;
  };
  return { url, send, read, json, interrupted };
};
