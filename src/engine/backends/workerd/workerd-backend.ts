import { loadOrtWasm } from "../../../../wasm/ort-wasm.ts";
import type { Backend } from "../backend.ts";
import { createOrtBackend } from "../ort-backend.ts";
import { createSerialQueue } from "../serial-queue.ts";

/**
 * All sessions of an isolate take turns: onnxruntime-web lays out a call's arguments on the one WebAssembly stack
 * and awaits before it makes the call, so that two calls under way overwrite each other's arguments.
 */
const inTurn = createSerialQueue();

/**
 * onnxruntime-web inside workerd, one thread. Weights come as external data and are not repacked: both together
 * more than halve the memory that a model takes (36 MB of weights: 51 MB of heap instead of 114).
 */
export const createWebBackend = async (): Promise<Backend> => {
  const { ort, heapBytes } = await loadOrtWasm();
  return createOrtBackend({
    name: "web",
    ort,
    session: {
      executionProviders: ["wasm"],
      graphOptimizationLevel: "all",
      extra: { session: { disable_prepacking: "1" } },
    },
    heapBytes,
    inTurn,
  });
};
