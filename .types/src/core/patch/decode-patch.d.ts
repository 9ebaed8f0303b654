import type { PatchRecord } from "../bundle/manifest.ts";
import type { Digest } from "../digest.ts";
import type { PreparedModel } from "../model/prepared-model.ts";
import type { Result } from "../result.ts";
import type { FloatTensor } from "../tensor/tensor.ts";
import type { Patch } from "./patch.ts";
/**
 * Reads the values of a codebook on a hit: fetches the blob of this digest and hands it to `decode`, which verifies
 * it; may answer with what `decode` made of it before.
 */
export type ValuesReader = (digest: Digest, decode: (bytes: Uint8Array) => Promise<Result<FloatTensor>>) => Promise<Result<FloatTensor>>;
/**
 * Reads a patch from its record and its blobs, whose digests the caller has verified, and checks that it can act on
 * `model`. The tensors lie on the blobs. The values of a codebook that are not among `blobs` are deferred to `read`.
 *
 * Errors: `malformed_manifest` for a blob of another size than claimed, `malformed_tensors`, those of `checkPatch`.
 */
export declare const decodePatch: (record: PatchRecord, blobs: ReadonlyMap<Digest, Uint8Array>, model: PreparedModel, read?: ValuesReader) => Result<Patch>;
