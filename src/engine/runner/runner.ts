import { cacheShape, cacheTensors } from "../../core/model/cache-form.ts";
import type { PreparedModel } from "../../core/model/prepared-model.ts";
import type { Backend, BackendTensor, Tensors } from "../backends/backend.ts";
import { createDummies } from "../patching/bind-patches.ts";
import type { Kernels } from "../search/kernels.ts";
import { KeySearch } from "../search/key-search.ts";
import { NeuronSearch } from "../search/neuron-search.ts";
import { ResidentRows } from "../search/resident-rows.ts";
import type { ModelSessions } from "./model-sessions.ts";

/** A loaded model and what all its requests share: dummies, masks, the empty cache. Nothing writes to it. */
export class Runner {
  readonly model: PreparedModel;
  readonly backend: Backend;
  readonly keySearch: KeySearch;
  readonly neuronSearch: NeuronSearch;
  readonly #sessions: ModelSessions;
  /** One dummy row for every hook. */
  readonly dummies: Tensors;
  /** The cache before the first token. */
  readonly emptyCache: Tensors;
  /** Outputs that every run needs: the logits and the cache. */
  readonly fetches: readonly string[];
  readonly #ones: BigInt64Array;
  readonly #masks: BackendTensor[] = [];

  constructor(model: PreparedModel, backend: Backend, sessions: ModelSessions, kernels: Kernels) {
    this.model = model;
    this.backend = backend;
    const rows = new ResidentRows(model.dims.width);
    this.keySearch = new KeySearch(kernels.nearestKey, rows);
    this.neuronSearch = new NeuronSearch(kernels.firedNeurons, rows);
    this.#sessions = sessions;
    this.dummies = createDummies(model, backend);
    const tensors = cacheTensors(model);
    const empty = backend.tensor(new Float32Array(0), cacheShape(model, 1, 0));
    this.emptyCache = Object.fromEntries(tensors.map(({ past }) => [past, empty]));
    this.fetches = [model.io.logits, ...tensors.map(({ present }) => present)];
    this.#ones = new BigInt64Array(model.dims.context).fill(1n);
  }

  /** The attention mask over `length` tokens, all of them attended; made once for each length. */
  mask(length: number): BackendTensor {
    this.#masks[length] ??= this.backend.tensor(this.#ones.subarray(0, length), [1, length]);
    return this.#masks[length];
  }

  /** Graph inputs for several tokens after `past` others, [1, T] each. */
  tokenFeeds(ids: readonly number[], past = 0): Tensors {
    const { inputIds, attentionMask, positionIds } = this.model.io;
    const shape = [1, ids.length];
    const feeds: Tensors = { [inputIds]: this.backend.tensor(BigInt64Array.from(ids, BigInt), shape) };
    if (attentionMask !== null) feeds[attentionMask] = this.mask(past + ids.length);
    if (positionIds !== null)
      feeds[positionIds] = this.backend.tensor(
        BigInt64Array.from(ids, (_, i) => BigInt(past + i)),
        shape,
      );
    return feeds;
  }

  /** Runs the model where no patch acts, from its ordinary inputs. */
  runPlain(feeds: Tensors, fetches: readonly string[]): Promise<Tensors> {
    const { plain, patched } = this.#sessions;
    return plain === null ? patched.run({ ...this.dummies, ...feeds }, fetches) : plain.run(feeds, fetches);
  }

  /** Runs the model with its patch inputs, which are among `feeds`. */
  runPatched(feeds: Tensors, fetches: readonly string[]): Promise<Tensors> {
    return this.#sessions.patched.run(feeds, fetches);
  }

  /** Frees the runtime's memory; nothing can run afterwards. */
  async release(): Promise<void> {
    await this.#sessions.plain?.release();
    await this.#sessions.patched.release();
  }
}
