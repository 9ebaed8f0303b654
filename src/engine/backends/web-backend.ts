import { loadOrtWasm } from "../../../wasm/ort-wasm.ts";
import type { Backend } from "./backend.ts";
import { createOrtBackend } from "./ort-backend.ts";

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
  });
};
