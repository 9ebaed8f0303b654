import type { ServiceClient } from "../../client/client.ts";
import type { BlobGetter } from "../../core/bundle/verify-bundle.ts";
import type { Digest } from "../../core/digest.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { Progress } from "../workshop-context.ts";

/** Blobs read and sent at a time: enough to hide the round trips, few enough to hold in memory. */
const BLOBS_PER_BATCH = 8;

/** Blobs that a publication needs at the service. */
export interface BlobSource {
  readonly digests: readonly Digest[];
  readonly read: BlobGetter;
}

/** What was uploaded, or would be. */
export interface UploadSummary {
  readonly blobs: number;
  /** Blobs that the service had already. */
  readonly present: number;
}

const uploadBatch = async (
  client: ServiceClient,
  batch: readonly Digest[],
  read: BlobGetter,
  onUploaded: () => void,
): Promise<Result<null>> => {
  const blobs = await read(batch);
  if (!blobs.ok) return blobs;
  const uploads = batch.map(async (digest): Promise<Result<unknown>> => {
    const bytes = blobs.value.get(digest);
    if (!bytes) return fail(problem("missing_blob", `The blob ${digest} is not there to upload.`));
    const stored = await client.blobs.put(digest, bytes);
    if (stored.ok) onUploaded();
    return stored;
  });
  const failure = (await Promise.all(uploads)).find((upload) => !upload.ok);
  return failure && !failure.ok ? failure : ok(null);
};

/**
 * Uploads those blobs that the service does not have. What was uploaded before a failure stays there, so that the
 * same command goes on from it. Under `dryRun` the service is only asked.
 */
export const uploadBlobs = async (
  client: ServiceClient,
  source: BlobSource,
  progress: Progress,
  dryRun: boolean,
): Promise<Result<UploadSummary>> => {
  const missing = await client.blobs.missing(source.digests);
  if (!missing.ok) return missing;
  const total = missing.value.length;
  const summary = { blobs: total, present: source.digests.length - total };
  if (dryRun) return ok(summary);
  let done = 0;
  const onUploaded = () => progress.step({ stage: "uploading blobs", done: ++done, total });
  for (let start = 0; start < total; start += BLOBS_PER_BATCH) {
    const batch = missing.value.slice(start, start + BLOBS_PER_BATCH);
    const uploaded = await uploadBatch(client, batch, source.read, onUploaded);
    if (!uploaded.ok) return uploaded;
  }
  return ok(summary);
};
