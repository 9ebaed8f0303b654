/** onnxruntime-node, as its module exports it. */
export type NativeRuntime = typeof import("onnxruntime-node");

/**
 * Loads onnxruntime-node; everything that runs graphs in Node goes through here. Telemetry is switched off
 * first, as the library reads that variable once, when it starts, and would otherwise keep a device id.
 */
export const loadNativeRuntime = async (): Promise<NativeRuntime> => {
  process.env.ORT_DISABLE_TELEMETRY = "1";
  return await import("onnxruntime-node");
};
