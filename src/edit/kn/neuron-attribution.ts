import { getOrInsert } from "../../core/get-or-insert.ts";
import { cacheShape, cacheTensors } from "../../core/model/cache-form.ts";
import type { PreparedModel } from "../../core/model/prepared-model.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { elementCount } from "../../core/tensor/tensor.ts";
import { LossSession } from "../../onnx/autodiff/loss-session.ts";
import type { Graph } from "../../onnx/graph.ts";
import { modelFeeds } from "../../onnx/model-feeds.ts";
import {
  type Feeds,
  floatTensor,
  integerTensor,
  type OfflineSession,
  openOfflineSession,
} from "../../onnx/offline-session.ts";
import { openDecoder } from "../../onnx/open-decoder.ts";
import { type ScaledActivations, scaleActivations } from "./scaled-activations.ts";

/** Integrated gradients of a token's probability by the FFN activations of each block, [m] each. */
export type Attributions = readonly Float32Array[];

/** Attributes what a model says next to the units of its FFNs. */
export interface NeuronAttribution {
  /**
   * Integrated gradients of the probability of `answer` after `prompt` by each block's activations ā [m] at the last
   * prompt token (Knowledge Neurons, arXiv 2104.08696, equation 2): ā/S Σ ∂P(αā)/∂a for α = 1/S, 2/S, ..., 1; one
   * block's activations are scaled at a time, all its units together. Errors: `prompt_too_long`; those of
   * `LossSession`.
   */
  attribute(prompt: readonly number[], answer: number): Promise<Result<Attributions>>;
}

/** The cache is padded to multiples of this, so that few sessions serve many prompts. */
const LENGTH_STEP = 8;

/** Keys and values of tokens, [heads, padded, head size], by the input that takes them. */
type Cache = ReadonlyMap<string, Float32Array>;

class IntegratedGradients implements NeuronAttribution {
  readonly #model: PreparedModel;
  readonly #steps: number;
  readonly #scaled: ScaledActivations;
  readonly #forward: OfflineSession;
  readonly #loss: LossSession;

  constructor(model: PreparedModel, steps: number, scaled: ScaledActivations, forward: OfflineSession) {
    this.#model = model;
    this.#steps = steps;
    this.#scaled = scaled;
    const { activations, nll } = scaled;
    this.#loss = new LossSession({ ...scaled, by: activations, keep: [nll, ...activations] });
    this.#forward = forward;
  }

  /**
   * Scaling at the last token changes nothing before it, so the tokens before are a cache, computed once; every step
   * of every block is a row of a single token behind it.
   */
  async attribute(prompt: readonly number[], answer: number): Promise<Result<Attributions>> {
    const { context } = this.#model.dims;
    if (prompt.length > context) {
      const message = `The prompt has ${prompt.length} tokens; the model holds ${context}. Shorten it.`;
      return fail(problem("prompt_too_long", message, { param: "prompt" }));
    }
    const padded = this.#paddedPast(prompt.length - 1);
    const cache = await this.#cacheOf(prompt.slice(0, -1), padded);
    const feeds = { ...this.#tokenFeeds(prompt, padded, answer), ...this.#cacheFeeds(cache, padded) };
    const opened = await this.#loss.open(feeds);
    if (!opened.ok) return opened;
    const { nll, activations } = this.#scaled;
    const { kept, gradients } = await opened.value.differentiate(feeds, [nll, ...activations]);
    const floats = (tensors: Feeds, name: string) => tensors[name]!.data as Float32Array;
    return ok(
      activations.map((name, block) =>
        this.#integrate(block, floats(kept, nll), floats(kept, name), floats(gradients, name)),
      ),
    );
  }

  /** Positions of the cache; padding needs a mask that hides it and positions that do not count it. */
  #paddedPast(past: number): number {
    const { io, dims } = this.#model;
    if (io.attentionMask === null || io.positionIds === null) return past;
    return Math.min(dims.context - 1, Math.ceil(past / LENGTH_STEP) * LENGTH_STEP);
  }

  /** What the model keeps of `tokens`, of which there may be none, behind zeros up to `padded` positions. */
  async #cacheOf(tokens: readonly number[], padded: number): Promise<Cache> {
    const kept = new Map(cacheTensors(this.#model).map(({ past, present }) => [past, present]));
    if (tokens.length === 0) {
      const size = elementCount(cacheShape(this.#model, 1, padded));
      return new Map([...kept.keys()].map((past) => [past, new Float32Array(size)]));
    }
    const outputs = await this.#forward.run(modelFeeds(this.#model, tokens), [...kept.values()]);
    const floats = (name: string) => outputs[name]!.data as Float32Array;
    return new Map([...kept].map(([past, present]) => [past, this.#pad(floats(present), padded)]));
  }

  /** The positions of `present` [.., heads, length, head size] behind zeros, up to `padded` of them. */
  #pad(present: Float32Array, padded: number): Float32Array {
    const { headDim } = this.#model.dims;
    const filled = new Float32Array(elementCount(cacheShape(this.#model, 1, padded)));
    const heads = filled.length / (padded * headDim);
    const size = present.length / heads;
    for (let head = 0; head < heads; head++)
      filled.set(present.subarray(head * size, (head + 1) * size), (head + 1) * padded * headDim - size);
    return filled;
  }

  /** The last token of the prompt behind its cache, and what is asked of it. */
  #tokenFeeds(prompt: readonly number[], padded: number, answer: number): Feeds {
    const { io } = this.#model;
    const { rows, targets, weights } = this.#scaled;
    const inEachRow = (value: number) => integerTensor([rows, 1], new Array<number>(rows).fill(value));
    const length = padded + 1;
    const hidden = length - prompt.length;
    const mask = Array.from({ length: rows * length }, (_, i) => (i % length < hidden ? 0 : 1));
    return {
      [io.inputIds]: inEachRow(prompt.at(-1)!),
      [targets]: inEachRow(answer),
      [weights]: floatTensor([rows, 1], new Float32Array(rows).fill(1)),
      ...(io.positionIds && { [io.positionIds]: inEachRow(prompt.length - 1) }),
      ...(io.attentionMask && { [io.attentionMask]: integerTensor([rows, length], mask) }),
    };
  }

  #cacheFeeds(cache: Cache, padded: number): Feeds {
    const shape = cacheShape(this.#model, 1, padded);
    return Object.fromEntries([...cache].map(([name, values]) => [name, floatTensor(shape, values)]));
  }

  /** ā/S Σ ∂P/∂a over the rows of `block`, from -ln P, the scaled activations and the slopes, [rows, m] both. */
  #integrate(
    block: number,
    losses: Float32Array,
    activations: Float32Array,
    slopes: Float32Array,
  ): Float32Array {
    const { rows } = this.#scaled;
    const size = slopes.length / rows;
    const [first, end] = [block * this.#steps, (block + 1) * this.#steps];
    const own = activations.subarray((end - 1) * size, end * size);
    const attribution = new Float32Array(size);
    for (let row = first; row < end; row++) {
      // The loss is the mean over all rows of -ln P, so ∂P/∂a is its gradient times -P and the number of rows.
      const factor = (-Math.exp(-losses[row]!) * rows) / this.#steps;
      for (let i = 0; i < size; i++) attribution[i]! += own[i]! * factor * slopes[row * size + i]!;
    }
    return attribution;
  }
}

const open = async (
  model: PreparedModel,
  graph: Graph,
  steps: number,
): Promise<Result<NeuronAttribution>> => {
  const decoder = openDecoder(graph);
  if (!decoder.ok) return decoder;
  const { lowered } = decoder.value;
  const scaled = scaleActivations(model, lowered, steps);
  if (!scaled.ok) return scaled;
  const forward = await openOfflineSession(lowered);
  return forward.ok ? ok(new IntegratedGradients(model, steps, scaled.value, forward.value)) : forward;
};

/** What was opened on a graph, by the number of steps; goes with the graph. */
const opened = new WeakMap<Graph, Map<number, Promise<Result<NeuronAttribution>>>>();

/**
 * Attribution by integrated gradients of `steps` steps. Its sessions are kept for prompts of like length and shared by
 * every caller on the same graph: opening them takes longer than an edit. Errors: those of `scaleActivations`;
 * `unsupported_graph` where the runtime refuses the graph.
 */
export const openNeuronAttribution = (
  model: PreparedModel,
  graph: Graph,
  steps: number,
): Promise<Result<NeuronAttribution>> =>
  getOrInsert(
    getOrInsert(opened, graph, () => new Map()),
    steps,
    () => open(model, graph, steps),
  );
