/** onnxruntime-node, as its module exports it. */
export type NativeRuntime = typeof import("onnxruntime-node");

/**
 * Has the library keep half precision as bit patterns in Uint16Arrays: its native part (1.30.0) takes a Float16Array
 * for an empty one, and the library decides which it uses when the first tensor is made.
 */
const settleHalfPrecision = ({ Tensor }: NativeRuntime): void => {
  const scope = globalThis as { Float16Array?: Float16ArrayConstructor };
  const { Float16Array } = scope;
  if (Float16Array === undefined) return;
  delete scope.Float16Array;
  try {
    new Tensor("float32", new Float32Array(1), [1]);
  } finally {
    scope.Float16Array = Float16Array;
  }
};

/**
 * Loads onnxruntime-node; everything that runs graphs in Node goes through here. Telemetry is switched off
 * first, as the library reads that variable once, when it starts, and would otherwise keep a device id.
 */
export const loadNativeRuntime = async (): Promise<NativeRuntime> => {
  process.env.ORT_DISABLE_TELEMETRY = "1";
  const runtime = await import("onnxruntime-node");
  settleHalfPrecision(runtime);
  return runtime;
};
