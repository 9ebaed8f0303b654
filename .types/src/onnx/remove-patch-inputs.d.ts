import { type Graph } from "./graph.ts";
/** Every tensor that a hook declares begins with this. */
export declare const PATCH_PREFIX = "patch.";
/** How the neurons hook names the keys that it multiplies the FFN's input with. */
export declare const NEURON_KEYS_SUFFIX = ".neurons.K";
/**
 * A copy of an instrumented graph without its hooks: the graph as it was before patch inputs were added, for methods
 * that read its structure and its weights. A graph without patch inputs comes back as it is.
 */
export declare const removePatchInputs: (graph: Graph) => Graph;
