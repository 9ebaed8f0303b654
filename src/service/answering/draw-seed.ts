/** An unpredictable whole number below 2^32, to seed the sampling of a request that brings no seed. */
export const drawSeed = (randomBytes: (count: number) => Uint8Array): number => {
  const bytes = randomBytes(Uint32Array.BYTES_PER_ELEMENT);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0);
};
