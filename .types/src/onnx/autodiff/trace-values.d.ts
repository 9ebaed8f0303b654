import { type Result } from "../../core/result.ts";
import { type ElementType, type Graph } from "../graph.ts";
import { type OfflineTensor } from "../offline-session.ts";
/** What one run of a graph showed of a tensor. */
export interface TracedTensor {
    readonly type: ElementType;
    readonly shape: readonly number[];
    /** Elements of a small integer tensor, such as a shape or axes; absent for others. */
    readonly integers?: readonly number[];
}
/** Every tensor of a graph as one run showed it, by name: a shape table that needs no shape inference. */
export type TracedTensors = ReadonlyMap<string, TracedTensor>;
/**
 * Runs `graph` once on `feeds` and records the element type and shape of every tensor, and the elements of small
 * integer ones. Shapes hold for feeds of these shapes only. Fails as `openOfflineSession` does.
 */
export declare const traceValues: (graph: Graph, feeds: Readonly<Record<string, OfflineTensor>>, options?: {
    readonly threads?: number;
}) => Promise<Result<TracedTensors>>;
