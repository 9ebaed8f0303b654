import { type PreparedModel, preparedModelSchema } from "../../core/model/prepared-model.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { weightsFault } from "../../engine/backends/weights-fault.ts";
import type { ModelStore } from "../../store/ports.ts";
import type { ServiceDependencies } from "../dependencies.ts";

const parseModel = (description: unknown, name: string): Result<PreparedModel> => {
  const parsed = preparedModelSchema.safeParse(description);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const param = ["model", ...(issue?.path ?? [])].map(String).join(".");
    return fail(problem("malformed_model", `${param}: ${issue?.message ?? "malformed"}.`, { param }));
  }
  if (parsed.data.name === name) return ok(parsed.data);
  const message = `The path names the model ${name}, its description ${parsed.data.name}; they must agree.`;
  return fail(problem("invalid_request", message, { param: "model.name" }));
};

const checkBlobs = async (
  { stores, backend }: Pick<ServiceDependencies, "stores" | "backend">,
  model: PreparedModel,
): Promise<Result<PreparedModel>> => {
  const sizes = await stores.blobs.sizes(Object.values(model.digests));
  const tooLarge = weightsFault(backend, sizes.get(model.digests.weights) ?? 0);
  if (tooLarge !== null) return fail(tooLarge);
  const missing = [...new Set(Object.values(model.digests))].filter((digest) => !sizes.has(digest));
  if (missing.length === 0) return ok(model);
  const message = `Upload these blobs first, then register the model: ${missing.join(", ")}.`;
  return fail(problem("missing_blob", message, { param: "model.digests", detail: { digests: missing } }));
};

/**
 * Registers a model under `name` by its description, of which nothing is believed; its files are blobs that were
 * stored before.
 *
 * Errors: `malformed_model`, `invalid_request` for another name in it, `limit_exceeded` for weights that the backend
 * refuses, `missing_blob`, `model_conflict`.
 */
export const registerModel = async (
  dependencies: Pick<ServiceDependencies, "stores" | "backend" | "now">,
  name: string,
  description: unknown,
): ReturnType<ModelStore["register"]> => {
  const model = parseModel(description, name);
  if (!model.ok) return model;
  const complete = await checkBlobs(dependencies, model.value);
  if (!complete.ok) return complete;
  return dependencies.stores.models.register(model.value, dependencies.now().toISOString());
};
