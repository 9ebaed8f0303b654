import { type Digest, digestOf } from "../../core/digest.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { BlobObjects, BlobStore } from "../ports.ts";
import { blobMismatch, corruptBlob, unknownBlob } from "../problems.ts";

/** Keeps objects in memory; `contents` is the map they are in, so that a test can damage one. */
export const createMemoryBlobObjects = (
  contents: Map<Digest, Uint8Array> = new Map<Digest, Uint8Array>(),
): BlobObjects => ({
  put: async (digest, bytes) => {
    contents.set(digest, bytes.slice());
  },
  get: async (digest) => contents.get(digest)?.slice() ?? null,
});

/** Keeps blobs in memory; `contents` is the map they are in, so that a test can damage one. */
export const createMemoryBlobStore = (
  contents: Map<Digest, Uint8Array> = new Map<Digest, Uint8Array>(),
): BlobStore => {
  const get = async (digest: Digest): Promise<Result<Uint8Array>> => {
    const bytes = contents.get(digest);
    if (bytes === undefined) return fail(unknownBlob(digest));
    const actual = await digestOf(bytes);
    return actual === digest ? ok(bytes.slice()) : fail(corruptBlob(digest, `it hashes to ${actual}`));
  };
  return {
    put: async (digest, bytes) => {
      const actual = await digestOf(bytes);
      if (actual !== digest) return fail(blobMismatch(digest, actual));
      if (contents.has(digest)) return ok("present");
      contents.set(digest, bytes.slice());
      return ok("stored");
    },
    get,
    getMany: async (digests) => {
      const found = new Map<Digest, Uint8Array>();
      for (const digest of digests.filter((candidate) => contents.has(candidate))) {
        const bytes = await get(digest);
        if (!bytes.ok) return bytes;
        found.set(digest, bytes.value);
      }
      return ok(found);
    },
    sizes: async (digests) =>
      new Map(
        digests.flatMap((digest) => {
          const bytes = contents.get(digest);
          return bytes === undefined ? [] : [[digest, bytes.length] as const];
        }),
      ),
    missing: async (digests) => [...new Set(digests)].filter((digest) => !contents.has(digest)),
  };
};
