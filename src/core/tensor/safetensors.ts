import * as z from "zod";
import { duplicateKey } from "../duplicate-key.ts";
import { type Problem, problem } from "../problem.ts";
import { fail, ok, type Result } from "../result.ts";
import { elementCount, type Tensor } from "./tensor.ts";

/** Element types that patches use, by their safetensors names. */
export type ElementType = "F32" | "I32";

/** Longest header read, in bytes: thousands of tensors; a patch has at most four. */
export const HEADER_MAX_BYTES = 1_048_576;
/** The header's length stands in front of it, as a 64-bit little-endian integer. */
const LENGTH_BYTES = 8;
/** The data begins at a multiple of this, so that a typed array can lie on it. */
const ALIGNMENT = 8;
const ELEMENT_BYTES = 4;

const entrySchema = z.strictObject({
  dtype: z.enum(["F32", "I32"]),
  shape: z.array(z.int().nonnegative()),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
});
type HeaderEntry = z.infer<typeof entrySchema>;

/** The one key of a header that names no tensor: free texts, which nothing here reads. */
const METADATA_KEY = "__metadata__";
const headerSchema = z
  .object({ [METADATA_KEY]: z.record(z.string(), z.string()).optional() })
  .catchall(entrySchema);
type NamedEntries = readonly (readonly [name: string, entry: HeaderEntry])[];

/** The element type that `tensor` is stored as. */
export const elementTypeOf = (tensor: Tensor): ElementType =>
  tensor.data instanceof Float32Array ? "F32" : "I32";

const malformed = (message: string, param?: string): Problem =>
  problem("malformed_tensors", `The tensors are malformed: ${message}. Build the bundle again.`, {
    ...(param === undefined ? {} : { param }),
  });

const compareNames = ([left]: [string, unknown], [right]: [string, unknown]): number =>
  left < right ? -1 : left > right ? 1 : 0;

const alignUp = (length: number): number => Math.ceil(length / ALIGNMENT) * ALIGNMENT;

/**
 * Writes `tensors` as safetensors (https://github.com/huggingface/safetensors): sorted by name, without gaps, the
 * header padded by spaces to a multiple of 8, so that equal tensors give equal bytes. Little-endian machines only,
 * as every machine that runs JavaScript today is. `metadata` are free texts for other readers. Throws a RangeError
 * where a shape does not fit its data.
 */
export const writeSafetensors = (
  tensors: Readonly<Record<string, Tensor>>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> => {
  const sorted = Object.entries(tensors).sort(compareNames);
  const entries: [string, HeaderEntry][] = [];
  let offset = 0;
  for (const [name, tensor] of sorted) {
    if (elementCount(tensor.shape) !== tensor.data.length)
      throw new RangeError(`"${name}" [${tensor.shape.join(", ")}] holds ${tensor.data.length} elements`);
    const end = offset + tensor.data.byteLength;
    entries.push([
      name,
      { dtype: elementTypeOf(tensor), shape: [...tensor.shape], data_offsets: [offset, end] },
    ]);
    offset = end;
  }
  const header = { ...(metadata && { [METADATA_KEY]: metadata }), ...Object.fromEntries(entries) };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const headerLength = alignUp(text.length);
  const bytes = new Uint8Array(LENGTH_BYTES + headerLength + offset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.fill(0x20, LENGTH_BYTES, LENGTH_BYTES + headerLength);
  bytes.set(text, LENGTH_BYTES);
  entries.forEach(([, { data_offsets }], index) => {
    const { data } = sorted[index]![1];
    bytes.set(
      new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
      LENGTH_BYTES + headerLength + data_offsets[0],
    );
  });
  return bytes;
};

const parseHeader = (text: string): Result<NamedEntries> => {
  const parsed = headerSchema.safeParse(JSON.parse(text));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return fail(malformed(`in the header at ${issue?.path.join(".") || "its root"}: ${issue?.message}`));
  }
  const duplicate = duplicateKey(text);
  if (duplicate !== null) return fail(malformed(`the header names "${duplicate}" twice`, duplicate));
  const { [METADATA_KEY]: _, ...entries } = parsed.data;
  return ok(Object.entries(entries));
};

const readHeader = (
  bytes: Uint8Array,
): Result<{ readonly entries: NamedEntries; readonly dataStart: number }> => {
  if (bytes.length < LENGTH_BYTES)
    return fail(malformed(`expected at least ${LENGTH_BYTES} bytes, got ${bytes.length}`));
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0, true);
  if (length > BigInt(HEADER_MAX_BYTES))
    return fail(malformed(`the header claims ${length} bytes, at most ${HEADER_MAX_BYTES} are read`));
  const dataStart = LENGTH_BYTES + Number(length);
  if (dataStart > bytes.length)
    return fail(malformed(`the header claims ${length} bytes, ${bytes.length - LENGTH_BYTES} follow`));
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
      bytes.subarray(LENGTH_BYTES, dataStart),
    );
    const parsed = parseHeader(text);
    return parsed.ok ? ok({ entries: parsed.value, dataStart }) : parsed;
  } catch {
    return fail(malformed("the header is not UTF-8 JSON"));
  }
};

/** Checks that the ranges fit their shapes and cover the data from end to end, each byte once. */
const checkRanges = (entries: NamedEntries, dataLength: number): Problem | null => {
  const ranges = entries.toSorted(
    ([, left], [, right]) =>
      left.data_offsets[0] - right.data_offsets[0] || left.data_offsets[1] - right.data_offsets[1],
  );
  let covered = 0;
  for (const [name, { shape, data_offsets }] of ranges) {
    const [start, end] = data_offsets;
    const expected = elementCount(shape) * ELEMENT_BYTES;
    if (end - start !== expected)
      return malformed(
        `"${name}" [${shape.join(", ")}] needs ${expected} bytes, its range has ${end - start}`,
        name,
      );
    if (start < covered) return malformed(`"${name}" overlaps the tensor before it`, name);
    if (start > covered)
      return malformed(`there is a hole of ${start - covered} bytes before "${name}"`, name);
    covered = end;
  }
  return covered === dataLength
    ? null
    : malformed(`the tensors take ${covered} bytes, the data has ${dataLength}`);
};

const tensorAt = (bytes: Uint8Array, start: number, entry: HeaderEntry): Tensor => {
  const length = elementCount(entry.shape);
  const offset = bytes.byteOffset + start;
  // A typed array can only lie on a multiple of its element size; other writers need not align theirs.
  const aligned = offset % ELEMENT_BYTES === 0;
  const buffer = aligned ? bytes.buffer : bytes.slice(start, start + length * ELEMENT_BYTES).buffer;
  const first = aligned ? offset : 0;
  const data =
    entry.dtype === "F32" ? new Float32Array(buffer, first, length) : new Int32Array(buffer, first, length);
  return { shape: entry.shape, data };
};

/**
 * Reads safetensors. The tensors lie on `bytes` where its alignment allows: it must not be written to afterwards.
 * Never throws, whatever the bytes.
 *
 * Errors: `malformed_tensors`: a header too long or not of the format, a dtype other than F32 and I32, a name
 * twice, a range that does not fit its shape, overlaps another, leaves a hole or ends elsewhere than the data.
 */
export const readSafetensors = (bytes: Uint8Array): Result<ReadonlyMap<string, Tensor>> => {
  const header = readHeader(bytes);
  if (!header.ok) return header;
  const { entries, dataStart } = header.value;
  const fault = checkRanges(entries, bytes.length - dataStart);
  if (fault !== null) return fail(fault);
  return ok(
    new Map(
      entries.map(([name, entry]) => [name, tensorAt(bytes, dataStart + entry.data_offsets[0], entry)]),
    ),
  );
};

/**
 * Refuses NaN and infinity: one such number in a key or a factor turns every answer into noise.
 * Errors: `non_finite_tensor`, naming the tensor, the flat index and the value.
 */
export const checkFinite = (name: string, tensor: Tensor): Result<Tensor> => {
  const index = tensor.data.findIndex((value) => !Number.isFinite(value));
  if (index < 0) return ok(tensor);
  return fail(
    problem(
      "non_finite_tensor",
      `Tensor "${name}" holds ${tensor.data[index]} at index ${index}; every number must be finite. ` +
        "The method did not converge: edit again with a smaller step.",
      { param: name, detail: { tensor: name, index } },
    ),
  );
};
