import type { Problem } from "../../../src/core/problem.ts";
import { fail, ok } from "../../../src/core/result.ts";
import type { EvaluatedService } from "../../../src/eval/asking/served-model.ts";
import type { TestService } from "../../http/support/service.ts";

/** The real app as an evaluation uses a service; refusals come back as the problems that they state. */
export const evaluatedService = (service: TestService): EvaluatedService => ({
  complete: async (request) => {
    const response = await service.call("POST", "/v1/completions", { body: request });
    const body = (await response.json()) as { error: Problem };
    if (!response.ok) return fail(body.error);
    return ok({ body, serverTiming: response.headers.get("server-timing") });
  },
  publish: async (bundle) => {
    const response = await service.publish(bundle);
    const body = (await response.json()) as { error: Problem };
    return response.ok ? ok(body) : fail(body.error);
  },
});
