import { loadNativeRuntime } from "../../../onnx/native-runtime.ts";
import type { Backend } from "../backend.ts";
import { createOrtBackend } from "../ort-backend.ts";

/** Threads within one operation where the caller does not say: small models gain nothing from more. */
export const DEFAULT_NODE_THREADS = 1;

/** onnxruntime-node on the CPU, for the command line and for tests. Runs block the event loop until done. */
export const createNodeBackend = async (options: { readonly threads?: number } = {}): Promise<Backend> => {
  const threads = options.threads ?? DEFAULT_NODE_THREADS;
  return createOrtBackend({
    name: "node",
    limits: { weightsBytes: null, threads },
    ort: await loadNativeRuntime(),
    session: {
      executionProviders: ["cpu"],
      graphOptimizationLevel: "all",
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
    },
    heapBytes: () => null,
    inTurn: (work) => work(),
  });
};
