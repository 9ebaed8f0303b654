import { type Result } from "../../core/result.ts";
import type { Backend, BackendSession } from "../backends/backend.ts";
/**
 * Most bytes of weights that are held twice, once for each graph. Of an isolate's 128 MB the runtime takes 17, both
 * copies then 42 and the file, while it loads, 21; what is left goes to patch sets, resident keys and the script.
 */
export declare const TWICE_HELD_WEIGHTS_BYTES: number;
/** A model's graphs in the runtime. */
export interface ModelSessions {
    /** With patch inputs. */
    readonly patched: BackendSession;
    /** Without; null where the weights are too large to be held twice, and the patched graph runs everything. */
    readonly plain: BackendSession | null;
}
/** The graph bytes of a prepared model, and the weights that both read. */
export interface ModelBytes {
    readonly graph: Uint8Array;
    readonly plain: Uint8Array;
    readonly weights: Uint8Array;
}
/** Loads both graphs, or the one with patch inputs alone; fails as the backend does, and then holds nothing. */
export declare const openSessions: (backend: Backend, { graph, plain, weights }: ModelBytes) => Promise<Result<ModelSessions>>;
