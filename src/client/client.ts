import { z } from "zod";
import type { CommandContext } from "../cli/context.ts";
import type { Credentials } from "../cli/credentials.ts";
import { readCredentials } from "../cli/credentials.ts";
import type { Problem, ProblemCode } from "../core/problem.ts";
import { PROBLEM_KINDS, problem } from "../core/problem.ts";
import type { Result } from "../core/result.ts";
import { fail, ok } from "../core/result.ts";

/** One request: a JSON body, or raw bytes. */
export interface ServiceRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** From the root, with its query. */
  readonly path: string;
  readonly json?: unknown;
  readonly bytes?: Uint8Array<ArrayBuffer>;
}

/** The service over HTTP. Refusals come back as the problems that the service stated. */
export interface ServiceClient {
  readonly url: string;
  /** An answered request, its body unread. Errors: the service's; `service_unreachable`; `cancelled`. */
  readonly send: (request: ServiceRequest) => Promise<Result<Response>>;
  /** A JSON answer that fits `schema`. Errors: as `send`; `internal` where it does not fit. */
  readonly json: <Value>(request: ServiceRequest, schema: z.ZodType<Value>) => Promise<Result<Value>>;
}

const envelopeSchema = z.object({
  error: z.object({
    message: z.string(),
    code: z.string(),
    param: z.string().nullish(),
    detail: z.record(z.string(), z.unknown()).nullish(),
  }),
});

const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(PROBLEM_KINDS, code);

/** The problem that a JSON body states in the service's error envelope; null where it is none. */
export const parseErrorEnvelope = (body: unknown): Problem | null => {
  const parsed = envelopeSchema.safeParse(body);
  if (!parsed.success || !isProblemCode(parsed.data.error.code)) return null;
  const { code, message, param, detail } = parsed.data.error;
  return problem(code as ProblemCode, message, { ...(param && { param }), ...(detail && { detail }) });
};

/** Reads a problem off a refusal. What is no answer of this service, such as a proxy's page, is unreachable. */
const toProblem = async (response: Response, url: string): Promise<Problem> =>
  parseErrorEnvelope(await response.json().catch(() => null)) ??
  problem(
    "service_unreachable",
    `${url} answered ${response.status} without an errata error. Check that ERRATA_URL names an errata service.`,
  );

const networkReason = (cause: unknown): string => {
  const inner = (cause as { cause?: { code?: string; message?: string } }).cause;
  return inner?.code ?? inner?.message ?? (cause as Error).message;
};

const unreachable = (url: string, reason: string): Problem =>
  problem(
    "service_unreachable",
    `No service answers at ${url} (${reason}). Start one with npm start, or set ERRATA_URL to one that runs.`,
    { param: "ERRATA_URL" },
  );

const headersOf = ({ token }: Credentials, request: ServiceRequest): Headers => {
  const headers = new Headers();
  if (token !== null) headers.set("authorization", `Bearer ${token}`);
  if (request.json !== undefined) headers.set("content-type", "application/json");
  if (request.bytes !== undefined) headers.set("content-type", "application/octet-stream");
  return headers;
};

/** A client for one service. */
export const createClient = (
  credentials: Credentials,
  context: Pick<CommandContext, "fetch" | "signal">,
): ServiceClient => {
  const { url } = credentials;
  const send = async (request: ServiceRequest): Promise<Result<Response>> => {
    const body = request.bytes ?? (request.json === undefined ? null : JSON.stringify(request.json));
    try {
      const response = await context.fetch(`${url}${request.path}`, {
        method: request.method,
        headers: headersOf(credentials, request),
        body,
        signal: context.signal,
      });
      return response.ok ? ok(response) : fail(await toProblem(response, url));
    } catch (cause) {
      if (context.signal.aborted) return fail(problem("cancelled", "Interrupted."));
      return fail(unreachable(url, networkReason(cause)));
    }
  };
  const json = async <Value>(request: ServiceRequest, schema: z.ZodType<Value>): Promise<Result<Value>> => {
    const answer = await send(request);
    if (!answer.ok) return answer;
    const parsed = schema.safeParse(await answer.value.json().catch(() => null));
    if (parsed.success) return ok(parsed.data);
    const place = `${request.method} ${request.path}`;
    return fail(
      problem(
        "internal",
        `${place} answered in a form that this version of errata does not know: ${parsed.error.message}`,
      ),
    );
  };
  return { url, send, json };
};

/** The client that the environment names. Errors: as `readCredentials`. */
export const connect = async (
  context: Pick<CommandContext, "environment" | "projectDirectory" | "fetch" | "signal">,
): Promise<Result<ServiceClient>> => {
  const credentials = await readCredentials(context);
  return credentials.ok ? ok(createClient(credentials.value, context)) : credentials;
};
