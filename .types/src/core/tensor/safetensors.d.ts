import type { Result } from "../result.ts";
import type { Tensor } from "./tensor.ts";
/** Element types that patches use, by their safetensors names. */
export type ElementType = "F32" | "I32";
/** Longest header read, in bytes: thousands of tensors; a patch has at most four. */
export declare const HEADER_MAX_BYTES = 1048576;
/** The element type that `tensor` is stored as. */
export declare const elementTypeOf: (tensor: Tensor) => ElementType;
/**
 * Writes `tensors` as safetensors (https://github.com/huggingface/safetensors): sorted by name, without gaps, the
 * header padded by spaces to a multiple of 8, so that equal tensors give equal bytes. Little-endian machines only,
 * as every machine that runs JavaScript today is. `metadata` are free texts for other readers. Throws a RangeError
 * where a shape does not fit its data.
 */
export declare const writeSafetensors: (tensors: Readonly<Record<string, Tensor>>, metadata?: Readonly<Record<string, string>>) => Uint8Array<ArrayBuffer>;
/**
 * Reads safetensors. The tensors lie on `bytes` where its alignment allows: it must not be written to afterwards.
 * Never throws, whatever the bytes.
 *
 * Errors: `malformed_tensors`: a header too long or not of the format, a dtype other than F32 and I32, a name
 * twice, a range that does not fit its shape, overlaps another, leaves a hole or ends elsewhere than the data.
 */
export declare const readSafetensors: (bytes: Uint8Array) => Result<ReadonlyMap<string, Tensor>>;
/**
 * Refuses NaN and infinity: one such number in a key or a factor turns every answer into noise.
 * Errors: `non_finite_tensor`, naming the tensor, the flat index and the value.
 */
export declare const checkFinite: (name: string, tensor: Tensor) => Result<Tensor>;
