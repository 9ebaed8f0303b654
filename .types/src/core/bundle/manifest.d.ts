import { z } from "zod";
import type { Digest } from "../digest.ts";
import type { Result } from "../result.ts";
/** The manifest format this code reads and writes. */
export declare const MANIFEST_FORMAT = 2;
/** Largest manifest read, in bytes: about 10,000 edits in clear, each with its patch record. */
export declare const MANIFEST_MAX_BYTES: number;
/** Most edits of one bundle. */
export declare const BUNDLE_MAX_EDITS = 10000;
/** Most patches of one bundle. */
export declare const BUNDLE_MAX_PATCHES = 10000;
/** Most hyper-parameters recorded of one method. */
export declare const BUNDLE_MAX_PARAMETERS = 100;
/** Most characters of one hyper-parameter's name or value. */
export declare const PARAMETER_MAX_LENGTH = 1000;
/** Most characters of a method's name. */
export declare const METHOD_NAME_MAX_LENGTH = 40;
/** Most tensors of one blob; the four kinds need at most 4. */
export declare const PATCH_MAX_TENSORS = 8;
/** Most characters of a tensor's name. */
export declare const TENSOR_NAME_MAX_LENGTH = 40;
/** Most dimensions of one tensor; the four patch kinds need at most 3. */
export declare const TENSOR_MAX_RANK = 4;
declare const tensorRecordSchema: z.ZodObject<{
    name: z.ZodString;
    dtype: z.ZodEnum<{
        F32: "F32";
        I32: "I32";
    }>;
    shape: z.ZodArray<z.ZodInt>;
}, z.core.$strict>;
/**
 * One patch as the manifest records it; its tensors are in the safetensors blob that `blob` names. A codebook's values
 * are in a second one, under `values`, so that they can be left where they are until an entry hits.
 */
export declare const patchRecordSchema: z.ZodDiscriminatedUnion<[z.ZodObject<{
    tensors: z.ZodArray<z.ZodObject<{
        name: z.ZodString;
        dtype: z.ZodEnum<{
            F32: "F32";
            I32: "I32";
        }>;
        shape: z.ZodArray<z.ZodInt>;
    }, z.core.$strict>>;
    blob: z.ZodType<`sha256:${string}`, unknown, z.core.$ZodTypeInternals<`sha256:${string}`, unknown>>;
    bytes: z.ZodInt;
    id: z.ZodString;
    layer: z.ZodInt;
    edits: z.ZodArray<z.ZodInt>;
    kind: z.ZodLiteral<"low-rank">;
    site: z.ZodEnum<{
        down: "down";
        gate: "gate";
        up: "up";
    }>;
}, z.core.$strict>, z.ZodObject<{
    tensors: z.ZodArray<z.ZodObject<{
        name: z.ZodString;
        dtype: z.ZodEnum<{
            F32: "F32";
            I32: "I32";
        }>;
        shape: z.ZodArray<z.ZodInt>;
    }, z.core.$strict>>;
    blob: z.ZodType<`sha256:${string}`, unknown, z.core.$ZodTypeInternals<`sha256:${string}`, unknown>>;
    bytes: z.ZodInt;
    id: z.ZodString;
    layer: z.ZodInt;
    edits: z.ZodArray<z.ZodInt>;
    kind: z.ZodLiteral<"neurons">;
}, z.core.$strict>, z.ZodObject<{
    tensors: z.ZodArray<z.ZodObject<{
        name: z.ZodString;
        dtype: z.ZodEnum<{
            F32: "F32";
            I32: "I32";
        }>;
        shape: z.ZodArray<z.ZodInt>;
    }, z.core.$strict>>;
    blob: z.ZodType<`sha256:${string}`, unknown, z.core.$ZodTypeInternals<`sha256:${string}`, unknown>>;
    bytes: z.ZodInt;
    id: z.ZodString;
    layer: z.ZodInt;
    edits: z.ZodArray<z.ZodInt>;
    kind: z.ZodLiteral<"codebook">;
    replace: z.ZodEnum<{
        last: "last";
        prompt: "prompt";
    }>;
    values: z.ZodObject<{
        tensors: z.ZodArray<z.ZodObject<{
            name: z.ZodString;
            dtype: z.ZodEnum<{
                F32: "F32";
                I32: "I32";
            }>;
            shape: z.ZodArray<z.ZodInt>;
        }, z.core.$strict>>;
        blob: z.ZodType<`sha256:${string}`, unknown, z.core.$ZodTypeInternals<`sha256:${string}`, unknown>>;
        bytes: z.ZodInt;
    }, z.core.$strict>;
}, z.core.$strict>], "kind">;
/**
 * The manifest of a bundle: everything it claims, in integers and strings only, so that its canonical bytes are
 * the same on every machine. Floating-point hyper-parameters are recorded as the strings they were given as.
 */
export declare const manifestSchema: z.ZodObject<{
    format: z.ZodLiteral<2>;
    parent: z.ZodNullable<z.ZodType<`sha256:${string}`, unknown, z.core.$ZodTypeInternals<`sha256:${string}`, unknown>>>;
    model: z.ZodObject<{
        name: z.ZodString;
        digest: z.ZodType<`sha256:${string}`, unknown, z.core.$ZodTypeInternals<`sha256:${string}`, unknown>>;
        tokenizer: z.ZodType<`sha256:${string}`, unknown, z.core.$ZodTypeInternals<`sha256:${string}`, unknown>>;
    }, z.core.$strict>;
    method: z.ZodString;
    parameters: z.ZodRecord<z.ZodString, z.ZodString>;
    seed: z.ZodInt;
    edits: z.ZodArray<z.ZodObject<{
        id: z.ZodOptional<z.ZodString>;
        prompt: z.ZodString;
        subject: z.ZodOptional<z.ZodString>;
        relation: z.ZodOptional<z.ZodString>;
        target: z.ZodString;
        groundTruth: z.ZodOptional<z.ZodString>;
        paraphrases: z.ZodDefault<z.ZodArray<z.ZodString>>;
        locality: z.ZodDefault<z.ZodArray<z.ZodUnion<readonly [z.ZodString, z.ZodObject<{
            prompt: z.ZodString;
            answer: z.ZodOptional<z.ZodString>;
            type: z.ZodOptional<z.ZodString>;
        }, z.core.$strip>]>>>;
        portability: z.ZodDefault<z.ZodArray<z.ZodObject<{
            prompt: z.ZodString;
            answer: z.ZodString;
            type: z.ZodOptional<z.ZodString>;
        }, z.core.$strip>>>;
    }, z.core.$strip>>;
    patches: z.ZodArray<z.ZodDiscriminatedUnion<[z.ZodObject<{
        tensors: z.ZodArray<z.ZodObject<{
            name: z.ZodString;
            dtype: z.ZodEnum<{
                F32: "F32";
                I32: "I32";
            }>;
            shape: z.ZodArray<z.ZodInt>;
        }, z.core.$strict>>;
        blob: z.ZodType<`sha256:${string}`, unknown, z.core.$ZodTypeInternals<`sha256:${string}`, unknown>>;
        bytes: z.ZodInt;
        id: z.ZodString;
        layer: z.ZodInt;
        edits: z.ZodArray<z.ZodInt>;
        kind: z.ZodLiteral<"low-rank">;
        site: z.ZodEnum<{
            down: "down";
            gate: "gate";
            up: "up";
        }>;
    }, z.core.$strict>, z.ZodObject<{
        tensors: z.ZodArray<z.ZodObject<{
            name: z.ZodString;
            dtype: z.ZodEnum<{
                F32: "F32";
                I32: "I32";
            }>;
            shape: z.ZodArray<z.ZodInt>;
        }, z.core.$strict>>;
        blob: z.ZodType<`sha256:${string}`, unknown, z.core.$ZodTypeInternals<`sha256:${string}`, unknown>>;
        bytes: z.ZodInt;
        id: z.ZodString;
        layer: z.ZodInt;
        edits: z.ZodArray<z.ZodInt>;
        kind: z.ZodLiteral<"neurons">;
    }, z.core.$strict>, z.ZodObject<{
        tensors: z.ZodArray<z.ZodObject<{
            name: z.ZodString;
            dtype: z.ZodEnum<{
                F32: "F32";
                I32: "I32";
            }>;
            shape: z.ZodArray<z.ZodInt>;
        }, z.core.$strict>>;
        blob: z.ZodType<`sha256:${string}`, unknown, z.core.$ZodTypeInternals<`sha256:${string}`, unknown>>;
        bytes: z.ZodInt;
        id: z.ZodString;
        layer: z.ZodInt;
        edits: z.ZodArray<z.ZodInt>;
        kind: z.ZodLiteral<"codebook">;
        replace: z.ZodEnum<{
            last: "last";
            prompt: "prompt";
        }>;
        values: z.ZodObject<{
            tensors: z.ZodArray<z.ZodObject<{
                name: z.ZodString;
                dtype: z.ZodEnum<{
                    F32: "F32";
                    I32: "I32";
                }>;
                shape: z.ZodArray<z.ZodInt>;
            }, z.core.$strict>>;
            blob: z.ZodType<`sha256:${string}`, unknown, z.core.$ZodTypeInternals<`sha256:${string}`, unknown>>;
            bytes: z.ZodInt;
        }, z.core.$strict>;
    }, z.core.$strict>], "kind">>;
    report: z.ZodNullable<z.ZodType<`sha256:${string}`, unknown, z.core.$ZodTypeInternals<`sha256:${string}`, unknown>>>;
}, z.core.$strict>;
/** A parsed manifest. */
export type Manifest = z.infer<typeof manifestSchema>;
/** One patch of a manifest. */
export type PatchRecord = z.infer<typeof patchRecordSchema>;
/** One tensor of a patch record. */
export type TensorRecord = z.infer<typeof tensorRecordSchema>;
/** One blob of a patch record: its tensors, digest and size. */
export type BlobRecord = Pick<PatchRecord, "tensors" | "blob" | "bytes">;
/**
 * Reads a manifest from its exact bytes.
 *
 * Errors: `limit_exceeded` past `MANIFEST_MAX_BYTES`, `unsupported_format` for another format version,
 * `malformed_manifest` for everything else, with the path of the first fault.
 */
export declare const parseManifest: (bytes: Uint8Array) => Result<Manifest>;
/** The blobs of one patch, that of a codebook's values last. */
export declare const blobsOf: (record: PatchRecord) => readonly BlobRecord[];
/** Bytes of all blobs of one patch. */
export declare const patchBytes: (record: PatchRecord) => number;
/** The digests of every patch blob of `manifest`, each once, in order of first use. */
export declare const blobDigests: (manifest: Pick<Manifest, "patches">) => readonly Digest[];
/** The digests of the blobs that every load needs: all but those of codebook values, each once. */
export declare const indexDigests: (manifest: Pick<Manifest, "patches">) => readonly Digest[];
export {};
