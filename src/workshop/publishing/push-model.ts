import type { ServiceClient } from "../../client/client.ts";
import type { Digest } from "../../core/digest.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { weightsFault } from "../../engine/backends/weights-fault.ts";
import { connect } from "../connection/connect.ts";
import { type ModelDirectory, readNamedModel } from "../directories/model-directory.ts";
import type { WorkshopContext } from "../workshop-context.ts";
import { type BlobSource, type UploadSummary, uploadBlobs } from "./upload-blobs.ts";

/** Which model to push. */
export interface PushOptions {
  /** A prepared model's directory or name. */
  readonly model: string;
  readonly dryRun?: boolean | undefined;
}

/** A model at the service, or what would be one. */
export interface PushedModel {
  /** What the service answered: "registered", "already registered" or "updated"; "would register" of a dry run. */
  readonly status: string;
  readonly name: string;
  readonly digest: Digest;
  readonly uploaded: UploadSummary;
}

const blobsOf = ({ model: { digests }, graph, plain, weights, tokenizer }: ModelDirectory): BlobSource => {
  const blobs = new Map([
    [digests.graph, graph],
    [digests.plain, plain],
    [digests.weights, weights],
    [digests.tokenizer, tokenizer],
  ]);
  return { digests: Object.values(digests), read: async () => ok(blobs) };
};

/** Passes where the service's backend takes the model. Errors: `limit_exceeded`; those of the service. */
const checkBackend = async (client: ServiceClient, { weights }: ModelDirectory): Promise<Result<true>> => {
  const info = await client.info();
  if (!info.ok) return info;
  const { name, ...limits } = info.value.runtime.backend;
  const tooLarge = weightsFault({ name, limits }, weights.byteLength);
  return tooLarge === null ? ok(true) : fail(tooLarge);
};

/**
 * Uploads the files of a prepared model that the service lacks, and registers it under its name. Pushing the same model
 * again changes nothing.
 *
 * Errors: those of `readModelDirectory` and of the service; `limit_exceeded` for weights that the service's backend
 * refuses, before anything is uploaded.
 */
export const pushModel = async (
  { model: named, dryRun = false }: PushOptions,
  context: WorkshopContext,
): Promise<Result<PushedModel>> => {
  const files = await readNamedModel(named, context);
  if (!files.ok) return files;
  const client = await connect(context);
  if (!client.ok) return client;
  const fits = await checkBackend(client.value, files.value);
  if (!fits.ok) return fits;
  const uploaded = await uploadBlobs(client.value, blobsOf(files.value), context.progress, dryRun);
  if (!uploaded.ok) return uploaded;
  const { model, digest } = files.value;
  const pushed = { name: model.name, digest, uploaded: uploaded.value };
  if (dryRun) return ok({ status: "would register", ...pushed });
  const registered = await client.value.models.register(model);
  return registered.ok ? ok({ status: registered.value.status, ...pushed }) : registered;
};
