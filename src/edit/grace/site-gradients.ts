import { getOrInsert } from "../../core/get-or-insert.ts";
import type { CodebookHook, PreparedModel } from "../../core/model/prepared-model.ts";
import type { Replacement } from "../../core/patch/codebook/codebook-content.ts";
import { ProblemError } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { LossSession, type OpenLoss } from "../../onnx/autodiff/loss-session.ts";
import type { Graph } from "../../onnx/graph.ts";
import { modelFeeds } from "../../onnx/model-feeds.ts";
import {
  type Feeds,
  floatTensor,
  type OfflineSession,
  openOfflineSession,
} from "../../onnx/offline-session.ts";
import { type OpenDecoder, openDecoder } from "../../onnx/open-decoder.ts";
import { statesGraph } from "../../onnx/states-graph.ts";
import { sameTokensOf } from "../../onnx/structure/same-tokens.ts";
import { cutGraphAt } from "../../onnx/surgery/cut-graph.ts";
import { addTargetLoss, type TargetLossGraph } from "../../onnx/surgery/target-loss.ts";
import { promptTooLong } from "../prompts/target-tokens.ts";
import { EDITING_THREADS } from "../workbench.ts";

/** Lengths are padded to multiples of this, so that few sessions serve many prompts; causality hides the padding. */
const LENGTH_STEP = 8;

/** The same where only the chain's own rows are fed: each row passes the whole vocabulary. */
const CHAIN_STEP = 4;

/** One prompt with its target, ready for gradient steps. */
export interface SitePrompt {
  /** Number of values: one for each target token. */
  readonly chainLength: number;
  /** The model's own states at the chain's positions [t, d], a copy. */
  initialValues(): Float32Array;
  readonly loss: OpenLoss;
  readonly feeds: Feeds;
  /** [1, T, d], the site's states; the chain's rows are overwritten at each step. */
  readonly states: Float32Array;
  /** The row of `states` that takes the first value. */
  readonly first: number;
  /** The row from which on the first value stands: `first`, or 0 where the whole prompt is replaced. */
  readonly begin: number;
}

/** The loss of a chain of injected values and its gradient, through the part of the model after the codebook. */
export interface SiteGradients {
  /**
   * Whether no prompt matters to the loss but by the values in its place: after the last block every position is
   * computed by itself, so that what fits one prompt fits all.
   */
  readonly isPositionWise: boolean;
  /** Errors: `prompt_too_long` where prompt and target exceed the context together. */
  fits(prompt: readonly number[], targets: readonly number[]): Result<null>;
  /**
   * Runs the model once over prompt and target; `replace` says which positions of the prompt the first value takes.
   * Errors: as `fits`; `unsupported_graph` where the runtime refuses the graph.
   */
  open(
    prompt: readonly number[],
    targets: readonly number[],
    replace: Replacement,
  ): Promise<Result<SitePrompt>>;
  /**
   * The mean negative log-likelihood of the target with `values` [t, d] injected from the last prompt token on,
   * in nats; its gradient is added to `gradient` [t, d].
   */
  accumulate(prompt: SitePrompt, values: Float32Array, gradient: Float32Array): Promise<number>;
  /**
   * By how many nats the least certain target token leads every other token with `values` injected; negative
   * where greedy decoding would leave the target.
   */
  margin(prompt: SitePrompt, values: Float32Array): Promise<number>;
}

/** Writes the values [t, d] where they go in. */
const inject = ({ states, first, begin }: SitePrompt, values: Float32Array, width: number): void => {
  states.set(values, first * width);
  for (let row = begin; row < first; row++) states.set(values.subarray(0, width), row * width);
};

/** How far the logit of `id` lies above every other. */
const lead = (logits: Float32Array, id: number): number => {
  let best = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < logits.length; i++) if (i !== id) best = Math.max(best, logits[i]!);
  return logits[id]! - best;
};

/** Each target token at the row that predicts it; rows without one weigh nothing. */
const targetFeeds = (
  { targets: name, weights: weightsName }: TargetLossGraph,
  targets: readonly number[],
  first: number,
  length: number,
): Feeds => {
  const ids = new BigInt64Array(length);
  const weights = new Float32Array(length);
  for (const [j, id] of targets.entries()) {
    ids[first + j] = BigInt(id);
    weights[first + j] = 1;
  }
  const shape = [1, length];
  return {
    [name]: { type: "int64", shape, data: ids },
    [weightsName]: floatTensor(shape, weights),
  };
};

/** Rows of a sequence that a session is fed: all of it, or the chain's own. */
interface FedRows {
  readonly from: number;
  readonly count: number;
  readonly padded: number;
}

const padTo = (step: number, count: number): number => Math.ceil(count / step) * step;

/** Rows `from` to `from + count` of `states` [T, d], zeros behind them. */
const cutRows = (states: Float32Array, { from, count, padded }: FedRows, width: number): Float32Array => {
  const rows = new Float32Array(padded * width);
  rows.set(states.subarray(from * width, (from + count) * width));
  return rows;
};

class CachedSiteGradients implements SiteGradients {
  readonly isPositionWise: boolean;
  readonly #model: PreparedModel;
  readonly #served: Graph;
  readonly #hook: CodebookHook;
  /** The part of the model after the hook, with the loss behind it. */
  readonly #scored: TargetLossGraph;
  readonly #loss: LossSession;
  #forward: Promise<Result<OfflineSession>> | undefined;

  constructor(model: PreparedModel, { served, lowered, structure }: OpenDecoder, hook: CodebookHook) {
    this.isPositionWise = hook.layer === model.layers - 1;
    this.#model = model;
    this.#served = served;
    this.#hook = hook;
    const { logits } = model.io;
    const site = hook.tensors.input;
    const shape = ["batch", "sequence", hook.width];
    const rest = cutGraphAt(
      lowered,
      { name: site, type: "float32", shape },
      [logits],
      sameTokensOf(structure),
    );
    this.#scored = addTargetLoss(rest, logits);
    this.#loss = new LossSession(
      { ...this.#scored, by: [site], keep: [logits] },
      { threads: EDITING_THREADS },
    );
  }

  fits(prompt: readonly number[], targets: readonly number[]): Result<null> {
    const tokens = prompt.length + targets.length - 1;
    const { context } = this.#model.dims;
    return tokens > context ? fail(promptTooLong(tokens, context)) : ok(null);
  }

  async open(
    prompt: readonly number[],
    targets: readonly number[],
    replace: Replacement,
  ): Promise<Result<SitePrompt>> {
    const fits = this.fits(prompt, targets);
    if (!fits.ok) return fits;
    const { width, tensors } = this.#hook;
    const used = [...prompt, ...targets.slice(0, -1)];
    const length = Math.min(padTo(LENGTH_STEP, used.length), this.#model.dims.context);
    const feeds = modelFeeds(this.#model, [...used, ...new Array<number>(length - used.length).fill(0)]);
    const whole = await this.#statesOf(feeds);
    if (!whole.ok) return whole;
    const last = prompt.length - 1;
    const fed = this.isPositionWise
      ? { from: last, count: targets.length, padded: padTo(CHAIN_STEP, targets.length) }
      : { from: 0, count: length, padded: length };
    const states = cutRows(whole.value, fed, width);
    const first = last - fed.from;
    const ownFeeds = {
      // After the last block nothing reads the tokens, of which there are more than rows.
      ...(!this.isPositionWise && feeds),
      [tensors.input]: floatTensor([1, fed.padded, width], states),
      ...targetFeeds(this.#scored, targets, first, fed.padded),
    };
    const loss = await this.#loss.open(ownFeeds);
    if (!loss.ok) return loss;
    return ok({
      chainLength: targets.length,
      loss: loss.value,
      feeds: ownFeeds,
      states,
      first,
      begin: replace === "prompt" ? 0 : first,
      initialValues: () => whole.value.slice(last * width, (last + targets.length) * width),
    });
  }

  async accumulate(prompt: SitePrompt, values: Float32Array, gradient: Float32Array): Promise<number> {
    const { width, tensors } = this.#hook;
    inject(prompt, values, width);
    const { loss, gradients } = await prompt.loss.differentiate(prompt.feeds);
    const whole = gradients[tensors.input]!.data as Float32Array;
    const start = prompt.first * width;
    for (let i = 0; i < values.length; i++) gradient[i]! += whole[start + i]!;
    for (let at = prompt.begin * width; at < start; at++) gradient[at % width]! += whole[at]!;
    return loss;
  }

  async margin(prompt: SitePrompt, values: Float32Array): Promise<number> {
    const { io, dims } = this.#model;
    inject(prompt, values, this.#hook.width);
    const scores = (await prompt.loss.read(prompt.feeds, [io.logits]))[io.logits]!.data as Float32Array;
    const ids = prompt.feeds[this.#scored.targets]!.data as BigInt64Array;
    const margins = Array.from({ length: prompt.chainLength }, (_, j) => {
      const row = prompt.first + j;
      return lead(scores.subarray(row * dims.vocabulary, (row + 1) * dims.vocabulary), Number(ids[row]));
    });
    return Math.min(...margins);
  }

  /** The site's states over the whole sequence, an array of the caller's own. */
  async #statesOf(feeds: Feeds): Promise<Result<Float32Array>> {
    const { input } = this.#hook.tensors;
    this.#forward ??= this.#openForward(input);
    const session = await this.#forward;
    if (!session.ok) return fail(session.problem);
    const results = await session.value.run(feeds, [input]);
    return ok(Float32Array.from(results[input]!.data as Float32Array));
  }

  #openForward(site: string): Promise<Result<OfflineSession>> {
    const shape = ["batch", "sequence", this.#hook.width];
    const upTo = statesGraph(this.#served, [{ name: site, type: "float32", shape }]);
    return openOfflineSession(upTo, { threads: EDITING_THREADS });
  }
}

/** What was opened on a graph, by layer; goes with the graph. */
const opened = new WeakMap<Graph, Map<number, SiteGradients>>();

/**
 * Gradients at the codebook `hook` of an instrumented `graph`. Sessions are kept for each padded length and shared by
 * every caller on the same graph: opening them takes longer than training an edit. Throws the problem of `openDecoder`,
 * which no graph has that was prepared.
 */
export const openSiteGradients = (model: PreparedModel, graph: Graph, hook: CodebookHook): SiteGradients => {
  const decoder = openDecoder(graph);
  if (!decoder.ok) throw new ProblemError(decoder.problem);
  return getOrInsert(
    getOrInsert(opened, graph, () => new Map()),
    hook.layer,
    () => new CachedSiteGradients(model, decoder.value, hook),
  );
};
