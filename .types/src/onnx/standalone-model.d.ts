import type { PreparedModel } from "../core/model/prepared-model.ts";
import { type Result } from "../core/result.ts";
import type { Graph } from "./graph.ts";
import { type LowRankUpdate } from "./merge-low-rank.ts";
/** Most bytes of weights inside a graph's own file: no protobuf message has 2 GiB, and the graph takes some. */
export declare const INLINE_WEIGHTS_MAX_BYTES: number;
/** Whether weights of so many bytes must lie in a file beside the graph. */
export declare const needDataFile: (bytes: number) => boolean;
/** A model as any runtime takes it: no patch inputs, and none of the outputs that serving reads. */
export interface StandaloneModel {
    readonly graph: Uint8Array;
    /** The file that the graph names, where its weights are not inside. */
    readonly weights: Uint8Array | null;
}
/**
 * The plain graph of a prepared model with `updates` in its weights, its inputs and outputs those of the export that it
 * was prepared from. The weights go inside, or to `dataFile` beside it where they are too many or `beside` says so.
 *
 * Errors: those of `mergeLowRank`.
 */
export declare const standaloneModel: (plain: Graph, { hooks }: Pick<PreparedModel, "hooks">, updates: readonly LowRankUpdate[], { dataFile, beside }: {
    readonly dataFile: string;
    readonly beside: boolean;
}) => Result<StandaloneModel>;
