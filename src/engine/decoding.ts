import type { BackendTensor, Tensors } from "./backends/backend.ts";
import type { BoundCodebook, BoundPatches } from "./bind-patches.ts";
import { CodebookChain } from "./codebook-chain.ts";
import { PatchEffects } from "./patch-effects.ts";
import type { Runner } from "./runner.ts";

/** Logits of a whole prompt, row-major [T, vocabulary]. */
export interface PromptLogits {
  readonly data: Float32Array;
  readonly vocabulary: number;
}

/** The logits [vocabulary] after position `position`, a view. */
export const logitsAt = ({ data, vocabulary }: PromptLogits, position: number): Float32Array =>
  data.subarray(position * vocabulary, (position + 1) * vocabulary);

/** A codebook's chain in progress, with the one row it feeds. */
interface ActiveChain {
  readonly codebook: BoundCodebook;
  readonly chain: CodebookChain;
  readonly value: Float32Array;
}

/**
 * One sequence on its way through the model: prefill once, then a step for each token. The cache goes from each
 * run's outputs to the next run's inputs, and a step reuses its input tensors, so it allocates none.
 */
export class Decoding {
  readonly effects = new PatchEffects();
  readonly #runner: Runner;
  readonly #patches: BoundPatches;
  readonly #feeds: Tensors;
  readonly #stepFetches: readonly string[];
  readonly #id: BackendTensor<BigInt64Array>;
  readonly #position: BackendTensor<BigInt64Array>;
  #length = 0;
  #chains: ActiveChain[] = [];

  constructor(runner: Runner, patches: BoundPatches) {
    this.#runner = runner;
    this.#patches = patches;
    this.#feeds = { ...patches.feeds, ...runner.emptyCache };
    this.#stepFetches = [...runner.fetches, ...patches.neurons.map(({ hook }) => hook.outputs.peak)];
    this.#id = runner.backend.tensor(new BigInt64Array(1), [1, 1]);
    this.#position = runner.backend.tensor(new BigInt64Array(1), [1, 1]);
  }

  /** Runs the prompt, consults the codebooks at its last token, and returns the logits of every position. */
  async prefill(ids: readonly number[]): Promise<PromptLogits> {
    const { codebooks } = this.#patches;
    const consulted = codebooks.flatMap(({ hook }) => [hook.outputs.index, hook.outputs.distance]);
    Object.assign(this.#feeds, this.#runner.promptFeeds(ids), ...codebooks.map(({ feeds }) => feeds));
    const outputs = await this.#run([...this.#stepFetches, ...consulted], ids.length);
    for (const codebook of codebooks) this.#noteCodebook(codebook, outputs);
    this.#prepareSteps();
    const logits = outputs[this.#runner.model.io.logits]!;
    return { data: logits.data as Float32Array, vocabulary: logits.dims.at(-1)! };
  }

  /** Appends one token and returns the logits [vocabulary] after it. */
  async step(token: number): Promise<Float32Array> {
    const { attentionMask, logits } = this.#runner.model.io;
    this.#advanceChains(token);
    this.#id.data[0] = BigInt(token);
    this.#position.data[0] = BigInt(this.#length);
    if (attentionMask !== null) this.#feeds[attentionMask] = this.#runner.mask(this.#length + 1);
    const outputs = await this.#run(this.#stepFetches, 1);
    return outputs[logits]!.data as Float32Array;
  }

  async #run(fetches: readonly string[], tokens: number): Promise<Tensors> {
    const outputs = await this.#runner.session.run(this.#feeds, fetches);
    for (const { pastKey, pastValue, presentKey, presentValue } of this.#runner.model.io.cache) {
      this.#feeds[pastKey] = outputs[presentKey]!;
      this.#feeds[pastValue] = outputs[presentValue]!;
    }
    for (const neurons of this.#patches.neurons) this.effects.noteNeurons(neurons, outputs);
    this.#length += tokens;
    return outputs;
  }

  #noteCodebook(codebook: BoundCodebook, outputs: Tensors): void {
    const nearest = this.effects.noteCodebook(codebook, outputs);
    Object.assign(this.#feeds, this.#dummiesOf(codebook));
    if (!nearest.hit) return;
    const value = new Float32Array(codebook.hook.width);
    this.#chains.push({ codebook, chain: new CodebookChain(nearest), value });
  }

  #prepareSteps(): void {
    const { inputIds, positionIds } = this.#runner.model.io;
    this.#feeds[inputIds] = this.#id;
    if (positionIds !== null) this.#feeds[positionIds] = this.#position;
    for (const { codebook, value } of this.#chains) {
      const { inputs, width } = codebook.hook;
      this.#feeds[inputs.values] = this.#runner.backend.tensor(value, [1, width]);
      // A zero key within an infinite radius: the next value goes in wherever the state is.
      this.#feeds[inputs.radii] = this.#runner.backend.tensor(Float32Array.of(Number.POSITIVE_INFINITY), [1]);
    }
  }

  #advanceChains(token: number): void {
    if (this.#chains.length === 0) return;
    this.#chains = this.#chains.filter(({ codebook, chain, value }) => {
      const follows = chain.advance(token, value);
      if (!follows) Object.assign(this.#feeds, this.#dummiesOf(codebook));
      return follows;
    });
  }

  #dummiesOf({ hook }: BoundCodebook): Tensors {
    return Object.fromEntries(Object.values(hook.inputs).map((name) => [name, this.#runner.dummies[name]!]));
  }
}
