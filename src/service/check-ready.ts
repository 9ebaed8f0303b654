import { problem } from "../core/problem.ts";
import { fail, ok, type Result } from "../core/result.ts";
import type { ServiceDependencies } from "./dependencies.ts";

/**
 * The default model's name, where the database answers and the model is registered.
 * Errors: `model_not_loaded`, `service_unreachable`.
 */
export const checkReady = async ({
  stores,
  defaults,
  log,
}: Pick<ServiceDependencies, "stores" | "defaults" | "log">): Promise<Result<string>> => {
  try {
    const found = await stores.models.find(defaults.model);
    if (found.ok) return ok(found.value.name);
    const advice = `The default model ${defaults.model} is not registered; push it: errata model push.`;
    return fail(problem("model_not_loaded", advice));
  } catch (error) {
    log("the database did not answer", error);
    return fail(problem("service_unreachable", "The database does not answer; try again shortly."));
  }
};
