import type { Kernels } from "../src/engine/search/kernels.ts";
import firedNeurons from "./fired-neurons.wasm";
import nearestKey from "./nearest-key.wasm";

/** The kernels as a Worker has them: compiled when it was bundled. */
export const kernels: Kernels = { nearestKey, firedNeurons };
