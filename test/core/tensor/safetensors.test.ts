import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  checkFinite,
  HEADER_MAX_BYTES,
  readSafetensors,
  writeSafetensors,
} from "../../../src/core/tensor/safetensors.ts";
import { elementCount, type Tensor } from "../../../src/core/tensor/tensor.ts";

const encode = (header: string, data: Uint8Array = new Uint8Array()): Uint8Array => {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
};

const messageOf = (bytes: Uint8Array): string => {
  const read = readSafetensors(bytes);
  expect(read.ok).toBe(false);
  if (read.ok) return "";
  expect(read.problem.code).toBe("malformed_tensors");
  return read.problem.message;
};

const tensors = fc.dictionary(
  fc
    .string({ minLength: 1, maxLength: 12 })
    .filter((name) => name !== "__metadata__" && name !== "__proto__"),
  fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }).chain((shape): fc.Arbitrary<Tensor> => {
    const size = { minLength: elementCount(shape), maxLength: elementCount(shape) };
    return fc.oneof(
      fc.float32Array({ ...size }).map((data) => ({ shape, data })),
      fc.int32Array({ ...size }).map((data) => ({ shape, data })),
    );
  }),
  { maxKeys: 5 },
);

describe("safetensors", () => {
  it("writes the documented bytes", () => {
    const bytes = writeSafetensors({
      b: { shape: [1], data: Int32Array.of(7) },
      a: { shape: [1, 2], data: Float32Array.of(1, -2) },
    });
    const header =
      '{"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"b":{"dtype":"I32","shape":[1],"data_offsets":[8,12]}}';
    expect(header.length).toBe(110);
    expect(bytes.length).toBe(8 + 112 + 12);
    expect([...bytes.subarray(0, 8)]).toEqual([112, 0, 0, 0, 0, 0, 0, 0]);
    expect(new TextDecoder().decode(bytes.subarray(8, 120))).toBe(`${header}  `);
    expect([...bytes.subarray(120)]).toEqual([0, 0, 128, 63, 0, 0, 0, 192, 7, 0, 0, 0]);
  });

  it("reads back what it wrote, bit for bit, at any alignment, whatever the order of the names", () => {
    fc.assert(
      fc.property(tensors, fc.integer({ min: 0, max: 7 }), (written, shift) => {
        const bytes = writeSafetensors(written);
        expect(writeSafetensors(Object.fromEntries(Object.entries(written).reverse()))).toEqual(bytes);
        const shifted = new Uint8Array(bytes.length + shift).subarray(shift);
        shifted.set(bytes);
        const read = readSafetensors(shifted);
        expect(read.ok).toBe(true);
        if (!read.ok) return;
        expect([...read.value.keys()].sort()).toEqual(Object.keys(written).sort());
        for (const [name, tensor] of Object.entries(written)) {
          expect(read.value.get(name)?.shape).toEqual(tensor.shape);
          expect(read.value.get(name)?.data).toEqual(tensor.data);
        }
      }),
    );
  });

  it("answers flipped, cut and random bytes with a Result, never a throw", () => {
    const whole = writeSafetensors({
      keys: { shape: [2, 3], data: new Float32Array(6).fill(0.5) },
      targets: { shape: [2, 2], data: Int32Array.of(1, 2, 3, -1) },
    });
    const flips = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 })), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(flips, fc.nat(whole.length), (changes, length) => {
        const bytes = whole.slice();
        for (const [index, mask] of changes) bytes[index]! ^= mask;
        expect(typeof readSafetensors(bytes).ok).toBe("boolean");
        expect(readSafetensors(whole.subarray(0, length)).ok).toBe(length === whole.length);
      }),
      { numRuns: 1_000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(typeof readSafetensors(bytes).ok).toBe("boolean");
      }),
    );
  });

  it("reads a header of its limit and not one byte more", () => {
    const read = (size: number) => readSafetensors(encode("{}".padEnd(size)));
    expect(read(HEADER_MAX_BYTES)).toEqual({ ok: true, value: new Map() });
    expect(read(HEADER_MAX_BYTES + 1)).toMatchObject({ ok: false, problem: { code: "malformed_tensors" } });
  });

  it("reads another writer's metadata and unaligned data", () => {
    const header = '{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
    const read = readSafetensors(encode(header, new Uint8Array(Float32Array.of(3).buffer)));
    expect(read.ok && [...read.value]).toEqual([["a", { shape: [1], data: Float32Array.of(3) }]]);
  });

  it.each([
    ["fewer bytes than the length takes", new Uint8Array(7), /at least 8 bytes, got 7/],
    ["a header past the limit", new Uint8Array(8).fill(255), /at most 1048576 are read/],
    ["a header past the end", encode('{"a":1}').subarray(0, 12), /claims 7 bytes, 4 follow/],
    ["a header that is not JSON", encode("{]"), /not UTF-8 JSON/],
    ["a header that is no object", encode("[]"), /in the header at its root/],
    [
      "another element type",
      encode('{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}', new Uint8Array(4)),
      /at a\.dtype/,
    ],
    [
      "a negative offset",
      encode('{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}', new Uint8Array(4)),
      /at a\.data_offsets\.0/,
    ],
    [
      "a range that does not fit its shape",
      encode('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}', new Uint8Array(4)),
      /"a" \[2\] needs 8 bytes, its range has 4/,
    ],
    [
      "a name twice",
      encode(
        '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\\u0061":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
        new Uint8Array(4),
      ),
      /names "a" twice/,
    ],
    [
      "overlapping ranges",
      encode(
        '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}',
        new Uint8Array(8),
      ),
      /"b" overlaps/,
    ],
    [
      "a hole",
      encode('{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}', new Uint8Array(8)),
      /hole of 4 bytes before "a"/,
    ],
    [
      "bytes left over",
      encode('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', new Uint8Array(6)),
      /take 4 bytes, the data has 6/,
    ],
  ])("refuses %s", (_, bytes, message) => {
    expect(messageOf(bytes)).toMatch(message);
  });

  it("keeps metadata for other readers, and reads past it", () => {
    const tensors = { a: { shape: [2], data: Float32Array.of(1, 2) } };
    const bytes = writeSafetensors(tensors, { format: "pt" });
    expect(new TextDecoder().decode(bytes)).toContain('"__metadata__":{"format":"pt"}');
    const read = readSafetensors(bytes);
    expect(read.ok && Object.fromEntries(read.value)).toEqual(tensors);
  });

  it("throws where a shape does not fit its data: that is a bug of the caller", () => {
    expect(() => writeSafetensors({ a: { shape: [3], data: new Float32Array(2) } })).toThrow(RangeError);
  });
});

describe("checkFinite", () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    "names where %s stands",
    (value) => {
      const checked = checkFinite("radii", { shape: [3], data: Float32Array.of(0, 1, value) });
      expect(checked.ok ? null : checked.problem).toMatchObject({
        code: "non_finite_tensor",
        param: "radii",
        detail: { tensor: "radii", index: 2 },
      });
    },
  );

  it("passes finite numbers, the largest and negative zero included", () => {
    const tensor = { shape: [3], data: Float32Array.of(3.4028234663852886e38, -0, 1e-45) };
    expect(checkFinite("A", tensor)).toEqual({ ok: true, value: tensor });
  });
});
