import type { PreparedModel } from "../core/model/prepared-model.ts";
import { problem } from "../core/problem.ts";
import { fail, ok, type Result } from "../core/result.ts";
import { addGradients } from "../onnx/autodiff/gradient-graph.ts";
import { traceValues } from "../onnx/autodiff/trace-values.ts";
import { findDecoder } from "../onnx/find-decoder.ts";
import type { Graph } from "../onnx/graph.ts";
import {
  floatTensor,
  integerTensor,
  type OfflineSession,
  openOfflineSession,
} from "../onnx/offline-session.ts";
import { removePatchInputs } from "../onnx/remove-patch-inputs.ts";
import { overrideTensor } from "../onnx/surgery/override-tensor.ts";
import { addTargetLoss } from "../onnx/surgery/target-loss.ts";
import { batchFeeds, type Feeds, selectFeeds } from "./model-feeds.ts";

/** Integrated gradients of a token's probability by the FFN activations of each block, [m] each. */
export type Attributions = readonly Float32Array[];

/** Attributes what a model says next to the units of its FFNs. */
export interface NeuronAttribution {
  /**
   * Integrated gradients of the probability of `answer` after `prompt` by each block's activations ā [m] at the last
   * prompt token (Knowledge Neurons, arXiv 2104.08696, equation 2): ā/S Σ ∂P(αā)/∂a for α = 1/S, 2/S, ..., 1; one
   * block's activations are scaled at a time, all its units together. Fails with `prompt_too_long`.
   */
  attribute(prompt: readonly number[], answer: number): Promise<Result<Attributions>>;
  release(): Promise<void>;
}

/** Lengths are padded to multiples of this, so that few sessions serve many prompts; causality hides the padding. */
const LENGTH_STEP = 8;

interface BlockInputs {
  readonly tensor: string;
  readonly mask: string;
  readonly value: string;
}

interface ScaledGraph {
  readonly graph: Graph;
  readonly blocks: readonly BlockInputs[];
  readonly targets: string;
  readonly weights: string;
  readonly loss: string;
  readonly nll: string;
}

interface GradientSession {
  readonly session: OfflineSession;
  readonly inputs: readonly string[];
  /** For each block, the output with the gradient of the loss by its activations [S, T, m]. */
  readonly gradients: readonly string[];
}

const scaledGraph = (model: PreparedModel, bare: Graph): Result<ScaledGraph> => {
  const decoder = findDecoder(bare);
  if (!decoder.ok) return decoder;
  const { logits } = model.io;
  let graph: Graph = { ...bare, outputs: bare.outputs.filter(({ name }) => name === logits) };
  const blocks: BlockInputs[] = [];
  for (const { feedForward } of decoder.value.blocks) {
    const tensor = feedForward.down.input;
    const overridden = overrideTensor(graph, tensor, ["batch", "sequence", model.dims.ffn]);
    if (!overridden.ok) return overridden;
    graph = overridden.value.graph;
    blocks.push({ tensor, mask: overridden.value.mask, value: overridden.value.value });
  }
  const { negativeLogLikelihoods: nll, ...scored } = addTargetLoss(graph, logits);
  return ok({ ...scored, blocks, nll });
};

class IntegratedGradients implements NeuronAttribution {
  readonly #model: PreparedModel;
  readonly #steps: number;
  readonly #scaled: ScaledGraph;
  readonly #forward: OfflineSession;
  readonly #sessions = new Map<number, Promise<Result<GradientSession>>>();

  constructor(model: PreparedModel, steps: number, scaled: ScaledGraph, forward: OfflineSession) {
    this.#model = model;
    this.#steps = steps;
    this.#scaled = scaled;
    this.#forward = forward;
  }

  async attribute(prompt: readonly number[], answer: number): Promise<Result<Attributions>> {
    const { context } = this.#model.dims;
    if (prompt.length > context) {
      const message = `The prompt has ${prompt.length} tokens; the model holds ${context}. Shorten it.`;
      return fail(problem("prompt_too_long", message, { param: "prompt" }));
    }
    const length = Math.min(context, Math.ceil(prompt.length / LENGTH_STEP) * LENGTH_STEP);
    const padded = [...prompt, ...new Array<number>(length - prompt.length).fill(0)];
    const feeds = this.#unscaledFeeds(padded, prompt.length - 1, answer);
    const opened = await this.#sessionOf(length, feeds);
    if (!opened.ok) return opened;
    const activations = await this.#activationsAt(padded, prompt.length - 1);
    const attributions: Float32Array[] = [];
    for (const [block, activation] of activations.entries())
      attributions.push(await this.#ofBlock(opened.value, feeds, block, activation, prompt.length - 1));
    return ok(attributions);
  }

  async release(): Promise<void> {
    await this.#forward.release();
    for (const opened of this.#sessions.values()) {
      const session = await opened;
      if (session.ok) await session.value.session.release();
    }
  }

  /** One row for each step; nothing overridden yet. */
  #unscaledFeeds(ids: readonly number[], position: number, answer: number): Feeds {
    const [steps, length] = [this.#steps, ids.length];
    const { blocks, targets, weights } = this.#scaled;
    const feeds = batchFeeds(
      this.#model,
      Array.from({ length: steps }, () => ids),
    );
    const counted = Float32Array.from({ length: steps * length }, (_, i) =>
      i % length === position ? 1 : 0,
    );
    feeds[targets] = integerTensor([steps, length], new Array<number>(steps * length).fill(answer));
    feeds[weights] = floatTensor([steps, length], counted);
    for (const { mask, value } of blocks) {
      feeds[mask] = floatTensor([steps, length, 1], new Float32Array(steps * length));
      feeds[value] = floatTensor(
        [steps, length, this.#model.dims.ffn],
        new Float32Array(steps * length * this.#model.dims.ffn),
      );
    }
    return feeds;
  }

  /** Each block's activations [m] at `position`. */
  async #activationsAt(ids: readonly number[], position: number): Promise<readonly Float32Array[]> {
    const { blocks } = this.#scaled;
    const { ffn } = this.#model.dims;
    const names = blocks.map(({ tensor }) => tensor);
    const outputs = await this.#forward.run(batchFeeds(this.#model, [ids]), names);
    return names.map((name) =>
      (outputs[name]!.data as Float32Array).slice(position * ffn, (position + 1) * ffn),
    );
  }

  async #ofBlock(
    { session, inputs, gradients }: GradientSession,
    unscaled: Feeds,
    block: number,
    activation: Float32Array,
    position: number,
  ): Promise<Float32Array> {
    const { mask, value } = this.#scaled.blocks[block]!;
    const { nll } = this.#scaled;
    const [steps, length] = unscaled[mask]!.shape as [number, number, number];
    const size = activation.length;
    const masks = new Float32Array(steps * length);
    const values = new Float32Array(steps * length * size);
    for (let step = 0; step < steps; step++) {
      const row = step * length + position;
      masks[row] = 1;
      for (let i = 0; i < size; i++) values[row * size + i] = ((step + 1) / steps) * activation[i]!;
    }
    const feeds = {
      ...unscaled,
      [mask]: floatTensor([steps, length, 1], masks),
      [value]: floatTensor([steps, length, size], values),
    };
    const outputs = await session.run(selectFeeds(feeds, inputs), [nll, gradients[block]!]);
    const losses = outputs[nll]!.data as Float32Array;
    const slopes = outputs[gradients[block]!]!.data as Float32Array;
    const attribution = new Float32Array(size);
    for (let step = 0; step < steps; step++) {
      const row = step * length + position;
      // The loss is the mean over steps of -ln P, so ∂P/∂a is its gradient times -P and the number of steps.
      const factor = -Math.exp(-losses[row]!) * steps;
      for (let i = 0; i < size; i++)
        attribution[i]! += (activation[i]! / steps) * factor * slopes[row * size + i]!;
    }
    return attribution;
  }

  #sessionOf(length: number, example: Feeds): Promise<Result<GradientSession>> {
    const known = this.#sessions.get(length) ?? openGradients(this.#scaled, example);
    this.#sessions.set(length, known);
    return known;
  }
}

const openGradients = async (scaled: ScaledGraph, example: Feeds): Promise<Result<GradientSession>> => {
  const inputs = scaled.graph.inputs.map(({ name }) => name);
  const traced = await traceValues(scaled.graph, selectFeeds(example, inputs));
  if (!traced.ok) return traced;
  const values = scaled.blocks.map(({ value }) => value);
  const differentiated = addGradients(scaled.graph, traced.value, scaled.loss, values, {
    keep: [scaled.nll],
  });
  if (!differentiated.ok) return differentiated;
  const session = await openOfflineSession(differentiated.value.graph);
  if (!session.ok) return session;
  const gradients = values.map((value) => differentiated.value.gradients.get(value)!);
  return ok({ session: session.value, inputs, gradients });
};

/** Opens attribution by integrated gradients of `steps` steps; sessions are kept for prompts of like length. */
export const openNeuronAttribution = async (
  model: PreparedModel,
  graph: Graph,
  steps: number,
): Promise<Result<NeuronAttribution>> => {
  const bare = removePatchInputs(graph);
  const scaled = scaledGraph(model, bare);
  if (!scaled.ok) return scaled;
  const exposed = scaled.value.blocks.map(({ tensor }) => tensor);
  const forward = await openOfflineSession(bare, { exposed });
  return forward.ok ? ok(new IntegratedGradients(model, steps, scaled.value, forward.value)) : forward;
};
