/**
 * The smallest ONNX model, `y = Identity(x)` on one float: onnxruntime-web initialises only when it creates a
 * session, and a probe keeps the faults of a real model apart from the runtime's own. A test holds that these
 * bytes are what `writeModel` writes for that graph; they are inlined so that the Worker needs no ONNX writer.
 */
export const PROBE_MODEL: Uint8Array = Uint8Array.from([
  8, 9, 18, 6, 101, 114, 114, 97, 116, 97, 58, 69, 10, 30, 10, 1, 120, 18, 1, 121, 26, 10, 73, 100, 101, 110,
  116, 105, 116, 121, 58, 121, 34, 8, 73, 100, 101, 110, 116, 105, 116, 121, 58, 0, 18, 1, 103, 90, 15, 10, 1,
  120, 18, 10, 10, 8, 8, 1, 18, 4, 10, 2, 8, 1, 98, 15, 10, 1, 121, 18, 10, 10, 8, 8, 1, 18, 4, 10, 2, 8, 1,
  66, 4, 10, 0, 16, 17,
]);
