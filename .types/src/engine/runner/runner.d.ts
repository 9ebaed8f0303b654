import type { PreparedModel } from "../../core/model/prepared-model.ts";
import type { Backend, BackendTensor, Tensors } from "../backends/backend.ts";
import type { Kernels } from "../search/kernels.ts";
import { KeySearch } from "../search/key-search.ts";
import { NeuronSearch } from "../search/neuron-search.ts";
import type { ModelSessions } from "./model-sessions.ts";
/** A loaded model and what all its requests share: dummies, masks, the empty cache. Nothing writes to it. */
export declare class Runner {
    #private;
    readonly model: PreparedModel;
    readonly backend: Backend;
    readonly keySearch: KeySearch;
    readonly neuronSearch: NeuronSearch;
    /** One dummy row for every hook. */
    readonly dummies: Tensors;
    /** The cache before the first token: [1, kvHeads, 0, headDim] for each layer's key and value. */
    readonly emptyCache: Tensors;
    /** Outputs that every run needs: the logits and the cache. */
    readonly fetches: readonly string[];
    constructor(model: PreparedModel, backend: Backend, sessions: ModelSessions, kernels: Kernels);
    /** The attention mask over `length` tokens, all of them attended; made once for each length. */
    mask(length: number): BackendTensor;
    /** Graph inputs for several tokens after `past` others, [1, T] each. */
    tokenFeeds(ids: readonly number[], past?: number): Tensors;
    /** Runs the model where no patch acts, from its ordinary inputs. */
    runPlain(feeds: Tensors, fetches: readonly string[]): Promise<Tensors>;
    /** Runs the model with its patch inputs, which are among `feeds`. */
    runPatched(feeds: Tensors, fetches: readonly string[]): Promise<Tensors>;
    /** Frees the runtime's memory; nothing can run afterwards. */
    release(): Promise<void>;
}
