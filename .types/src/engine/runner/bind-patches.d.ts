import type { CodebookHook, NeuronsHook, PreparedModel } from "../../core/model/prepared-model.ts";
import type { JoinedNeurons } from "../../core/patch/join-neurons.ts";
import type { CodebookBinding, NeuronsBinding, PatchSet } from "../../core/patch/patch-set.ts";
import { type Result } from "../../core/result.ts";
import type { Backend, Tensors } from "../backends/backend.ts";
/** What binding needs of a runtime. */
type TensorMaker = Pick<Backend, "tensor">;
/** A codebook bound to its hook. */
export interface BoundCodebook {
    readonly kind: "codebook";
    readonly hook: CodebookHook;
    readonly binding: CodebookBinding;
}
/** Extra neurons bound to their hook. */
export interface BoundNeurons {
    readonly kind: "neurons";
    readonly hook: NeuronsHook;
    readonly binding: NeuronsBinding;
}
/** What is consulted at a block with the states of a run, outside of the graph. */
export type BoundSite = BoundCodebook | BoundNeurons;
/** A patch set as the graph's inputs. Shared by all requests on the set; nothing writes to it. */
export interface BoundPatches {
    /** Every patch input: low-rank factors where bound, dummies elsewhere. */
    readonly feeds: Tensors;
    /** Whether a low-rank patch acts, at every position, so that no run can do without the patch inputs. */
    readonly everywhere: boolean;
    /** In the order in which the model comes by: what one changes, the next one compares. */
    readonly sites: readonly BoundSite[];
}
/** Graph inputs of neurons that run in the graph, over the arrays given. */
export declare const neuronsFeeds: ({ inputs, width }: NeuronsHook, { K, b, V, size }: JoinedNeurons, backend: TensorMaker) => Tensors;
/** One dummy row for every hook of the model: what the graph is fed where no patch acts. Made once a session. */
export declare const createDummies: (model: PreparedModel, backend: TensorMaker) => Tensors;
/**
 * Binds a patch set to the model's hooks over the set's own arrays, without a copy. Fails with `shape_mismatch`
 * where the model has no hook for a patch or one of other dimensions.
 */
export declare const bindPatches: (model: PreparedModel, backend: TensorMaker, dummies: Tensors, patches: PatchSet) => Result<BoundPatches>;
export {};
