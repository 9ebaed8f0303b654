import { PROBLEM_KINDS, type Problem, type ProblemCode, problem } from "../core/problem.ts";
import { errorEnvelopeSchema } from "../wire/error-envelope.ts";

const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(PROBLEM_KINDS, code);

/** The problem that a JSON body states in the service's error envelope; null where it is none. */
export const parseErrorEnvelope = (body: unknown): Problem | null => {
  const parsed = errorEnvelopeSchema.safeParse(body);
  if (!parsed.success || !isProblemCode(parsed.data.error.code)) return null;
  const { code, message, param, detail } = parsed.data.error;
  return problem(code as ProblemCode, message, { ...(param && { param }), ...(detail && { detail }) });
};

/** Reads a problem off a refusal. What is no answer of this service, such as a proxy's page, is unreachable. */
export const readRefusal = async (response: Response, url: string): Promise<Problem> => {
  const { status } = response;
  return (
    parseErrorEnvelope(await response.json().catch(() => null)) ??
    problem("service_unreachable", `${url} answered ${status} without an errata error.`, {
      param: "url",
      detail: { url, status },
    })
  );
};
