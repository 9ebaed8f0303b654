import { cacheTensors } from "../../core/model/cache-form.ts";
import type { BackendTensor, Tensors } from "../backends/backend.ts";
import type { BoundPatches } from "../patching/bind-patches.ts";
import { Injections } from "../patching/injections.ts";
import type { ConsultedSite } from "../patching/kinds/engine-kind.ts";
import { PatchEffects } from "../patching/patch-effects.ts";
import type { Runner } from "../runner/runner.ts";
import { cutCache, overwriteRows } from "../runner/sequence-tensors.ts";

/** Logits of a whole prompt, row-major [T, vocabulary]. */
export interface PromptLogits {
  readonly data: Float32Array;
  readonly vocabulary: number;
}

/** The logits [vocabulary] after position `position`, a view. */
export const logitsAt = ({ data, vocabulary }: PromptLogits, position: number): Float32Array =>
  data.subarray(position * vocabulary, (position + 1) * vocabulary);

/**
 * One sequence on its way through the model: prefill once, then a step for each token. The cache goes from each
 * run's outputs to the next run's inputs, whichever graph ran, and a step reuses its input tensors, so it allocates
 * none. Where no patch acts the plain graph runs: what missed costs, and answers, as if nothing were attached. What
 * hits or fires repeats the run that it would have changed.
 */
export class Decoding {
  readonly effects = new PatchEffects();
  readonly #runner: Runner;
  readonly #sites: readonly ConsultedSite[];
  /** Those of them that compare each step too. */
  readonly #stepSites: readonly ConsultedSite[];
  readonly #injections: Injections;
  /** Tokens and cache. */
  readonly #feeds: Tensors;
  /** Outputs with a row for each position that a whole prompt needs: logits, and what patches are compared with. */
  readonly #rows: readonly string[];
  readonly #promptFetches: readonly string[];
  readonly #stepFetches: readonly string[];
  readonly #id: BackendTensor<BigInt64Array>;
  readonly #position: BackendTensor<BigInt64Array>;
  #length = 0;

  constructor(runner: Runner, patches: BoundPatches) {
    this.#runner = runner;
    this.#injections = new Injections(runner, patches);
    const { backend, keySearch, neuronSearch } = runner;
    const tools = { backend, keySearch, neuronSearch, injections: this.#injections, effects: this.effects };
    this.#sites = patches.sites.map((site) => site.open(tools));
    this.#stepSites = this.#sites.filter(({ stepOutputs }) => stepOutputs.length > 0);
    this.#feeds = { ...runner.emptyCache };
    const compared = this.#sites.flatMap(({ promptOutputs }) => promptOutputs);
    this.#rows = [runner.model.io.logits, ...compared];
    this.#promptFetches = [...runner.fetches, ...compared];
    this.#stepFetches = [...runner.fetches, ...this.#stepSites.flatMap(({ stepOutputs }) => stepOutputs)];
    this.#id = runner.backend.tensor(new BigInt64Array(1), [1, 1]);
    this.#position = runner.backend.tensor(new BigInt64Array(1), [1, 1]);
  }

  /** Runs the prompt, consults the patches with its states, and returns the logits of every position. */
  async prefill(ids: readonly number[]): Promise<PromptLogits> {
    const prompt = await this.#runTokens(ids);
    for (const site of this.#sites) {
      const first = await site.consultPrompt(prompt, ids.length - 1);
      if (first !== null) await this.#repeat(ids, first, prompt);
    }
    this.#prepareSteps();
    const logits = prompt[this.#runner.model.io.logits]!;
    return { data: logits.data as Float32Array, vocabulary: logits.dims.at(-1)! };
  }

  /** Appends one token and returns the logits [vocabulary] after it. */
  async step(token: number): Promise<Float32Array> {
    const { attentionMask, logits } = this.#runner.model.io;
    this.#injections.advance(token);
    this.#id.data[0] = BigInt(token);
    this.#position.data[0] = BigInt(this.#length);
    if (attentionMask !== null) this.#feeds[attentionMask] = this.#runner.mask(this.#length + 1);
    let outputs = await this.#run(this.#stepFetches, 1);
    for (const site of this.#stepSites)
      if (site.consultStep(outputs)) {
        this.#cut(this.#length - 1);
        outputs = await this.#run(this.#stepFetches, 1);
      }
    return outputs[logits]!.data as Float32Array;
  }

  /** Appends several tokens, and gives all that a whole prompt needs. */
  #runTokens(ids: readonly number[]): Promise<Tensors> {
    Object.assign(this.#feeds, this.#runner.tokenFeeds(ids, this.#length));
    return this.#run(this.#promptFetches, ids.length);
  }

  async #run(fetches: readonly string[], tokens: number): Promise<Tensors> {
    const outputs = await (this.#injections.act
      ? this.#runner.runPatched(Object.assign(this.#injections.feeds, this.#feeds), fetches)
      : this.#runner.runPlain(this.#feeds, fetches));
    for (const { past, present } of cacheTensors(this.#runner.model)) this.#feeds[past] = outputs[present]!;
    this.#length += tokens;
    return outputs;
  }

  /**
   * Runs the prompt again from position `first` on, into the cache and the rows of `prompt`. Where an entry hit, its
   * last token runs as one step: what is injected there is not what is injected before.
   */
  async #repeat(ids: readonly number[], first: number, prompt: Tensors): Promise<void> {
    if (!this.#injections.chained) return this.#repeatTokens(first, ids.slice(first), prompt);
    const last = ids.length - 1;
    if (first < last) {
      this.#injections.inject("before");
      await this.#repeatTokens(first, ids.slice(first, last), prompt);
    }
    this.#injections.inject("last");
    await this.#repeatTokens(last, ids.slice(last), prompt);
  }

  async #repeatTokens(first: number, ids: readonly number[], prompt: Tensors): Promise<void> {
    this.#cut(first);
    const outputs = await this.#runTokens(ids);
    for (const name of this.#rows) overwriteRows(prompt[name]!, outputs[name]!, first);
  }

  /** Goes back to the first `length` positions. */
  #cut(length: number): void {
    const { backend, model } = this.#runner;
    for (const { past } of cacheTensors(model))
      this.#feeds[past] = cutCache(backend, this.#feeds[past]!, length);
    this.#length = length;
  }

  #prepareSteps(): void {
    const { inputIds, positionIds } = this.#runner.model.io;
    this.#feeds[inputIds] = this.#id;
    if (positionIds !== null) this.#feeds[positionIds] = this.#position;
  }
}
