import type { OpenAPIHono } from "@hono/zod-openapi";
import { HTTPException } from "hono/http-exception";
import type { ZodError } from "zod";
import { PROBLEM_KINDS, type Problem, ProblemError, problem } from "../core/problem.ts";
import type { Result } from "../core/result.ts";
import type { ErrorEnvelope } from "../wire/error-envelope.ts";
import type { ServiceEnv } from "./context.ts";

/** OpenAI's error body for a problem; the only place where one is built. */
export const toErrorEnvelope = (cause: Problem): ErrorEnvelope => ({
  error: {
    message: cause.message,
    type: PROBLEM_KINDS[cause.code].type,
    param: cause.param ?? null,
    code: cause.code,
    ...(cause.detail ? { detail: { ...cause.detail } } : {}),
  },
});

/** The response that refuses a request: the status of the problem's kind and OpenAI's envelope. */
export const toErrorResponse = (cause: Problem): Response => {
  const { status } = PROBLEM_KINDS[cause.code];
  const headers: Record<string, string> = status === 401 ? { "www-authenticate": "Bearer" } : {};
  return Response.json(toErrorEnvelope(cause), { status, headers });
};

/**
 * The value of a result, or out of the route by a `ProblemError`, which the app's error handler answers.
 * For route handlers only: everything below them passes results on.
 */
export const unwrap = <Value>(result: Result<Value>): Value => {
  if (!result.ok) throw new ProblemError(result.problem);
  return result.value;
};

/** The first thing a schema found wrong, as a problem that names the field. */
export const toInvalidRequest = (error: ZodError): Problem => {
  const issue = error.issues[0];
  if (!issue) return problem("invalid_request", "The request does not have the expected form.");
  const param = issue.path.map(String).join(".");
  const message = param ? `${param}: ${issue.message}.` : `${issue.message}.`;
  return problem("invalid_request", message, param ? { param } : {});
};

const fromHttpException = (exception: HTTPException): Problem =>
  problem("invalid_request", `${exception.message}. Send a JSON body with content-type application/json.`);

const toProblem = (error: Error): Problem => {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof HTTPException) return fromHttpException(error);
  return problem("internal", "The service met a defect of its own; the request id names it in the log.");
};

/**
 * Makes the app answer everything that goes wrong with the envelope: problems, bodies that are no JSON,
 * unknown routes, and defects. Of a defect only the log learns more than that it happened.
 */
export const registerErrorHandlers = (
  app: OpenAPIHono<ServiceEnv>,
  log: (message: string, error: unknown) => void,
): void => {
  app.onError((error, context) => {
    const cause = toProblem(error);
    if (cause.code === "internal") log(`request ${context.get("requestId")} failed`, error);
    return toErrorResponse(cause);
  });
  app.notFound((context) =>
    toErrorResponse(
      problem("unknown_route", `No route ${context.req.method} ${context.req.path}; see /openapi.json.`),
    ),
  );
};
