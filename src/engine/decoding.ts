import type { Replacement } from "../core/patch/patch.ts";
import { ProblemError } from "../core/problem.ts";
import type { BackendTensor, Tensors } from "./backends/backend.ts";
import type { BoundCodebook, BoundPatches } from "./bind-patches.ts";
import { CodebookChain } from "./codebook-chain.ts";
import { Injections } from "./injections.ts";
import { PatchEffects } from "./patch-effects.ts";
import type { Runner } from "./runner.ts";
import { cutCache, lastRow, overwriteRows } from "./sequence-tensors.ts";

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
 * none. Where no patch acts the plain graph runs: what missed costs, and answers, as if nothing were attached.
 */
export class Decoding {
  readonly effects = new PatchEffects();
  readonly #runner: Runner;
  readonly #patches: BoundPatches;
  readonly #injections: Injections;
  /** Tokens and cache. */
  readonly #feeds: Tensors;
  /** Outputs with a row for each position: logits, and the neurons' pre-activations. */
  readonly #rows: readonly string[];
  readonly #fetches: readonly string[];
  readonly #id: BackendTensor<BigInt64Array>;
  readonly #position: BackendTensor<BigInt64Array>;
  #length = 0;

  constructor(runner: Runner, patches: BoundPatches) {
    this.#runner = runner;
    this.#patches = patches;
    this.#injections = new Injections(runner, patches);
    this.#feeds = { ...runner.emptyCache };
    const raw = patches.neurons.map(({ hook }) => hook.outputs.raw);
    this.#rows = [runner.model.io.logits, ...raw];
    this.#fetches = [...runner.fetches, ...raw];
    this.#id = runner.backend.tensor(new BigInt64Array(1), [1, 1]);
    this.#position = runner.backend.tensor(new BigInt64Array(1), [1, 1]);
  }

  /** Runs the prompt, consults the codebooks at its last token, and returns the logits of every position. */
  async prefill(ids: readonly number[]): Promise<PromptLogits> {
    const prompt = await this.#runTokens(ids);
    let newest = prompt;
    for (const codebook of this.#patches.codebooks) {
      const chain = await this.#consult(codebook, newest);
      if (chain === null) continue;
      this.#injections.add(codebook, chain);
      newest = await this.#repeat(ids, prompt, chain.replace);
    }
    this.#noteNeurons(prompt);
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
    const outputs = await this.#run(this.#fetches, 1);
    this.#noteNeurons(outputs);
    return outputs[logits]!.data as Float32Array;
  }

  /** Appends several tokens, and gives what the codebooks compare besides what a step gives. */
  #runTokens(ids: readonly number[]): Promise<Tensors> {
    const queries = this.#patches.codebooks.map(({ hook }) => hook.outputs.query);
    Object.assign(this.#feeds, this.#runner.tokenFeeds(ids, this.#length));
    return this.#run([...this.#fetches, ...queries], ids.length);
  }

  async #run(fetches: readonly string[], tokens: number): Promise<Tensors> {
    const outputs = await (this.#injections.act
      ? this.#runner.runPatched(Object.assign(this.#injections.feeds, this.#feeds), fetches)
      : this.#runner.runPlain(this.#feeds, fetches));
    for (const { pastKey, pastValue, presentKey, presentValue } of this.#runner.model.io.cache) {
      this.#feeds[pastKey] = outputs[presentKey]!;
      this.#feeds[pastValue] = outputs[presentValue]!;
    }
    this.#length += tokens;
    return outputs;
  }

  /** Looks up the state of the last position run; the chain of the nearest entry where it hit. */
  async #consult(codebook: BoundCodebook, { [codebook.hook.outputs.query]: query }: Tensors) {
    const { hook, binding } = codebook;
    const nearest = this.#runner.keySearch.nearest(binding, lastRow(query!, hook.width));
    const { hit } = this.effects.noteCodebook(codebook, nearest);
    if (!hit) return null;
    const chain = await binding.chainOf(nearest.index);
    // Without its values the right answer cannot be given, and the bare model's would be a wrong one.
    if (!chain.ok) throw new ProblemError(chain.problem);
    return new CodebookChain(chain.value, hook.width);
  }

  /**
   * Runs again what a hit changes, into the cache and the rows of `prompt`: the last token as one step, which is all
   * that a prefill with the value in it would have done otherwise, and where every position is replaced those before
   * it first. Returns the outputs at the last token.
   */
  async #repeat(ids: readonly number[], prompt: Tensors, replace: Replacement): Promise<Tensors> {
    const last = ids.length - 1;
    if (replace === "prompt" && last > 0) {
      this.#injections.inject("before");
      await this.#repeatFrom(0, ids.slice(0, last), prompt);
    }
    this.#injections.inject("last");
    return this.#repeatFrom(last, ids.slice(last), prompt);
  }

  async #repeatFrom(first: number, ids: readonly number[], prompt: Tensors): Promise<Tensors> {
    const { backend, model } = this.#runner;
    for (const name of model.io.cache.flatMap(({ pastKey, pastValue }) => [pastKey, pastValue]))
      this.#feeds[name] = cutCache(backend, this.#feeds[name]!, first);
    this.#length = first;
    const outputs = await this.#runTokens(ids);
    for (const name of this.#rows) overwriteRows(prompt[name]!, outputs[name]!, first);
    return outputs;
  }

  #noteNeurons(outputs: Tensors): void {
    for (const neurons of this.#patches.neurons) this.effects.noteNeurons(neurons, outputs);
  }

  #prepareSteps(): void {
    const { inputIds, positionIds } = this.#runner.model.io;
    this.#feeds[inputIds] = this.#id;
    if (positionIds !== null) this.#feeds[positionIds] = this.#position;
  }
}
