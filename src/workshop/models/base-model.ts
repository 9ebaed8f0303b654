import { join } from "node:path";
import type { Digest } from "../../core/digest.ts";
import { modelDigest, type PreparedModel } from "../../core/model/prepared-model.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { connect } from "../connection/connect.ts";
import { readModelDescription } from "../directories/model-directory.ts";
import type { WorkshopContext } from "../workshop-context.ts";

/** A base model as a manifest names it. */
export interface NamedModel {
  readonly name: string;
  readonly digest: Digest;
}

/** The description in `models/<name>` of the project. Errors: those of `readModelDescription`. */
export const findLocalModel = (
  { name }: Pick<NamedModel, "name">,
  { projectDirectory }: Pick<WorkshopContext, "projectDirectory">,
): Promise<Result<PreparedModel>> => readModelDescription(join(projectDirectory, "models", name));

/**
 * The description of the base model that a bundle names: out of `models/<name>` where that is the same model, else
 * from the service.
 *
 * Errors: `unknown_model` where neither has that model, `wrong_base_model` where the service has another under its
 * name; those of the service.
 */
export const findBaseModel = async (
  wanted: NamedModel,
  context: WorkshopContext,
): Promise<Result<PreparedModel>> => {
  const local = await findLocalModel(wanted, context);
  if (local.ok && (await modelDigest(local.value)) === wanted.digest) return local;
  const client = await connect(context);
  if (!client.ok) return client;
  const served = await client.value.models.find(wanted.name);
  if (!served.ok) return served;
  const { digest, prepared } = served.value.errata;
  if (digest === wanted.digest) return ok(prepared);
  const message =
    `The bundle was made for "${wanted.name}" ${wanted.digest}; the service serves ${digest} under ` +
    "that name. Make the edits again on the model that it serves.";
  return fail(problem("wrong_base_model", message, { param: "model" }));
};
