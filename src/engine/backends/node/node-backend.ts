import { loadNativeRuntime } from "../../../onnx/native-runtime.ts";
import type { Backend, BackendTraits } from "../backend.ts";
import { createOrtBackend } from "../ort-backend.ts";

/** Threads within one operation where the caller does not say: small models gain nothing from more. */
export const DEFAULT_NODE_THREADS = 1;

/** The backend in Node. */
export const NODE: BackendTraits = {
  name: "node",
  limits: { weightsBytes: null, threads: DEFAULT_NODE_THREADS },
};

/** onnxruntime-node on the CPU, for the command line and for tests. Runs block the event loop until done. */
export const createNodeBackend = async (options: { readonly threads?: number } = {}): Promise<Backend> => {
  const threads = options.threads ?? NODE.limits.threads;
  return createOrtBackend({
    name: NODE.name,
    limits: { ...NODE.limits, threads },
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
