import type { Manifest } from "../../core/bundle/manifest.ts";
import type { Digest } from "../../core/digest.ts";
import type { ValuesReader } from "../../core/patch/decode-patch.ts";
import { type Problem, problem } from "../../core/problem.ts";
import { fail } from "../../core/result.ts";
import type { FloatTensor } from "../../core/tensor/tensor.ts";
import type { BlobStore } from "../../store/ports.ts";
import { ISOLATE_LIMITS } from "./limits.ts";
import { SingleFlightCache } from "./single-flight-cache.ts";

/** Bytes of the values of a manifest's patches; blobs that patches share count once. */
const valuesBytes = (manifest: Pick<Manifest, "patches">): number => {
  const sizes = new Map(
    manifest.patches.flatMap(({ values }) =>
      values === undefined ? [] : [[values.blob, values.bytes] as const],
    ),
  );
  return [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
};

/** A published bundle's blob that is gone is a fault of the store, not of the request. */
const lost = (digest: Digest): Problem =>
  problem("corrupt_store", `The store has lost the blob ${digest} of a published bundle. Upload it again.`, {
    detail: { digest },
  });

/** How the values of patches come to an isolate: with the patches while they are small, else on a hit. */
export interface ValuesSource {
  /** What reads the values of a manifest's patches when they are needed; undefined where they are small enough to read at once. */
  readerFor(manifest: Pick<Manifest, "patches">): ValuesReader | undefined;
}

/**
 * The source of one isolate. Values of up to `ISOLATE_LIMITS.eagerValuesBytes` come with their patches, in one batched read;
 * above that they are read from `blobs` on a hit, verified and decoded once, and kept within
 * `ISOLATE_LIMITS.valuesCacheBytes`, the least recently used leaving first.
 */
export const createValuesSource = (blobs: BlobStore): ValuesSource => {
  const cache = new SingleFlightCache<FloatTensor>(
    ISOLATE_LIMITS.valuesCacheBytes,
    ({ data }) => data.byteLength,
  );
  const reader: ValuesReader = (digest, decode) =>
    cache.get(digest, async () => {
      const bytes = await blobs.get(digest);
      if (bytes.ok) return decode(bytes.value);
      return bytes.problem.code === "unknown_blob" ? fail(lost(digest)) : bytes;
    });
  return {
    readerFor: (manifest) => (valuesBytes(manifest) <= ISOLATE_LIMITS.eagerValuesBytes ? undefined : reader),
  };
};
