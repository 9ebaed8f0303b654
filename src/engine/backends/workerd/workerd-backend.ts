import { loadOrtWasm } from "../../../../wasm/ort-wasm.ts";
import type { Backend, BackendTraits } from "../backend.ts";
import { createOrtBackend } from "../ort-backend.ts";
import { createSerialQueue } from "../serial-queue.ts";

/**
 * The backend in workerd. What fits an isolate: of its 128 MB the runtime takes 17, and weights count twice while they load, as the file and
 * in the runtime's memory; what is left goes to the cache, patch sets, resident keys and the script.
 */
export const WORKERD: BackendTraits = {
  name: "workerd",
  limits: { weightsBytes: 45_000_000, threads: 1 },
};

/**
 * All sessions of an isolate take turns: onnxruntime-web lays out a call's arguments on the one WebAssembly stack
 * and awaits before it makes the call, so that two calls under way overwrite each other's arguments.
 */
const inTurn = createSerialQueue();

/**
 * onnxruntime-web inside workerd, one thread. Weights come as external data and are not repacked: both together
 * more than halve the memory that a model takes (36 MB of weights: 51 MB of heap instead of 114).
 */
export const createWorkerdBackend = async (): Promise<Backend> => {
  const { ort, heapBytes } = await loadOrtWasm();
  return createOrtBackend({
    ...WORKERD,
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
