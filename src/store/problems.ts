import type { Digest } from "../core/digest.ts";
import { type Problem, problem } from "../core/problem.ts";
import type { BundleReference } from "./ports.ts";

/*
 * What every adapter answers in the same words.
 */

/** No model of this name is registered. */
export const unknownModel = (name: string): Problem =>
  problem("unknown_model", `There is no model "${name}". Push it first: errata model push.`, {
    param: "model",
  });

/** The name stands for other digests already. */
export const modelConflict = (name: string, registered: Digest, got: Digest): Problem =>
  problem(
    "model_conflict",
    `Model "${name}" is registered as ${registered}; this one is ${got}. A model never changes: push it under another name.`,
    { param: "model", detail: { registered, got } },
  );

/** Nothing is published under this reference. */
export const unknownBundle = (reference: BundleReference): Problem =>
  "id" in reference
    ? problem("unknown_bundle", `There is no bundle ${reference.id}. List what is published: errata list.`, {
        param: "bundle",
      })
    : problem(
        "unknown_version",
        `Model "${reference.model}" has no version ${reference.version}. List what is published: errata list.`,
        { param: "version" },
      );

/** No hotfix is stored under this id. */
export const unknownHotfix = (id: Digest): Problem =>
  problem("unknown_hotfix", `There is no hotfix ${id}. List those of a channel: errata patch list.`, {
    param: "hotfix",
  });

/** A bundle cannot be published before these blobs are stored. */
export const missingBlobs = (digests: readonly Digest[]): Problem =>
  problem("missing_blob", `${digests.length} blobs are not stored, first ${digests[0]}. Store them first.`, {
    param: "blobs",
    detail: { digests },
  });

/** No blob is stored under this digest. */
export const unknownBlob = (digest: Digest): Problem =>
  problem("unknown_blob", `There is no blob ${digest}. Store it first.`, { param: "digest" });

/** What came does not hash to the digest it came under. */
export const blobMismatch = (expected: Digest, got: Digest): Problem =>
  problem("digest_mismatch", `Expected bytes that hash to ${expected}, got ${got}. Send the file again.`, {
    param: "digest",
    detail: { expected, got },
  });

/** Stored bytes no longer hash to their digest, or are gone though their row is there. */
export const corruptBlob = (digest: Digest, found: string): Problem =>
  problem("corrupt_store", `The stored blob ${digest} is damaged: ${found}. Store it anew from a backup.`, {
    detail: { digest },
  });

/** The channel has not moved yet. */
export const unknownChannel = (model: string, channel: string): Problem =>
  problem("unknown_channel", `Model "${model}" has no channel "${channel}". Release a version on it first.`, {
    param: "channel",
  });

/** Another move came first. */
export const sequenceConflict = (channel: string, planned: number, sequence: number): Problem =>
  problem(
    "sequence_conflict",
    `Channel "${channel}" is at sequence ${sequence}, the move was planned at ${planned}: another came first. ` +
      "Look at its history, then try again.",
    { param: "channel", detail: { sequence } },
  );

/** No live token fits. */
export const unknownToken = (): Problem =>
  problem("unknown_token", "There is no such token, or it was revoked. List them: errata token list.", {
    param: "token",
  });
