import type { ServiceClient } from "../../client/client.ts";
import type { BuiltBundle } from "../../core/bundle/build-bundle.ts";
import { signManifest } from "../../core/bundle/signature.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { Engine } from "../../engine/engine.ts";
import type { EvaluatedModel } from "../../eval/asking/evaluated-model.ts";
import { localModel } from "../../eval/asking/local-model.ts";
import { type EvaluatedService, servedModel } from "../../eval/asking/served-model.ts";
import { connect } from "../connection/connect.ts";
import type { ModelDirectory } from "../directories/model-directory.ts";
import { readSigningKeyOf, type SigningKey } from "../keys/signing-key.ts";
import { sendBundle } from "../publishing/publish-bundle.ts";
import { uploadBlobs } from "../publishing/upload-blobs.ts";
import { SILENT, type WorkshopContext } from "../workshop-context.ts";
import type { EvaluationProtocol } from "./evaluation-options.ts";

/** Which way to ask, and what patches are made with. */
export interface EvaluatedModelOptions
  extends Pick<EvaluationProtocol, "through" | "key" | "settings" | "seed"> {
  readonly files: ModelDirectory;
  readonly method: string;
}

const publish = async (
  client: ServiceClient,
  key: SigningKey,
  bundle: BuiltBundle,
): Promise<Result<unknown>> => {
  const source = { digests: [...bundle.blobs.keys()], read: async () => ok(bundle.blobs) };
  const uploaded = await uploadBlobs(client, source, SILENT, false);
  if (!uploaded.ok) return uploaded;
  const signature = await signManifest(bundle.manifestBytes, key.privateKey, key.publicKey);
  return sendBundle(client, { ...bundle, report: null, signatures: [signature] }, false);
};

const serviceOf = (client: ServiceClient, key: SigningKey): EvaluatedService => ({
  complete: async (request) => {
    const answer = await client.completions.createTimed(request);
    if (!answer.ok) return answer;
    return ok({ body: answer.value.completion, serverTiming: answer.value.serverTiming });
  },
  publish: (bundle) => publish(client, key, bundle),
});

const openHttp = async (
  options: EvaluatedModelOptions,
  context: WorkshopContext,
): Promise<Result<EvaluatedModel>> => {
  const { key: file, files, method, settings, seed } = options;
  const key = await readSigningKeyOf(file, context);
  if (!key.ok) return key;
  const client = await connect(context);
  if (!client.ok) return client;
  const served = await client.value.models.find(files.model.name);
  if (!served.ok) return served;
  const { digest } = served.value.errata;
  if (digest !== files.digest) {
    const message = `${client.value.url} serves another ${files.model.name} (${digest}) than the one here (${files.digest}). Push this one with errata model push, or name the service's with --model.`;
    return fail(problem("wrong_base_model", message, { param: "--model" }));
  }
  return ok(
    servedModel({ service: serviceOf(client.value, key.value), model: files.model, method, settings, seed }),
  );
};

/**
 * The way to the model that `through` names: `engine`, in this process, or `http`, the service of `ERRATA_URL`,
 * which must serve the very model that the edits are made on.
 *
 * Errors: `wrong_base_model`; those of the key file and of the service.
 */
export const openEvaluatedModel = (
  options: EvaluatedModelOptions,
  engine: Engine,
  context: WorkshopContext,
): Promise<Result<EvaluatedModel>> =>
  options.through === "engine" ? Promise.resolve(ok(localModel(engine))) : openHttp(options, context);
