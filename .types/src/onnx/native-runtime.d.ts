/** onnxruntime-node, as its module exports it. */
export type NativeRuntime = typeof import("onnxruntime-node");
/**
 * Loads onnxruntime-node; everything that runs graphs in Node goes through here. Telemetry is switched off
 * first, as the library reads that variable once, when it starts, and would otherwise keep a device id.
 */
export declare const loadNativeRuntime: () => Promise<NativeRuntime>;
