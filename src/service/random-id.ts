/** `count` unpredictable bytes as lower-case hexadecimal digits: the text of a token, or an id. */
export const randomHex = (randomBytes: (count: number) => Uint8Array, count: number): string =>
  Array.from(randomBytes(count), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** An unpredictable whole number below 2^32, as a seed. */
export const randomSeed = (randomBytes: (count: number) => Uint8Array): number => {
  const bytes = randomBytes(Uint32Array.BYTES_PER_ELEMENT);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0);
};
