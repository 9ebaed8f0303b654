import type { Hook } from "../core/model/prepared-model.ts";
import { type Result } from "../core/result.ts";
import { type Graph } from "./graph.ts";
import { type HookSelection } from "./hooks/hook-selection.ts";
import type { DecoderStructure } from "./structure/decoder-structure.ts";
/** A graph with patch inputs, the same without, and what each of its hooks is called. */
export interface InstrumentedGraph {
    readonly graph: Graph;
    /** The graph as it was, with the states that patches are compared with as outputs: all that runs without a patch need. */
    readonly plain: Graph;
    readonly hooks: readonly Hook[];
}
/**
 * A copy of `graph` with the inputs and outputs of the hooks selected. With every patch absent (one zero row, nothing
 * injected) the logits are those of the plain graph. Fails with
 * `unsupported_graph` on a graph that cannot carry hooks and `unsupported_value` on a selection that does not fit it.
 */
export declare const addPatchInputs: (graph: Graph, structure: DecoderStructure, selection: HookSelection) => Result<InstrumentedGraph>;
