import type { CodebookHook, PreparedModel } from "../core/model/prepared-model.ts";
import { problem } from "../core/problem.ts";
import { fail, ok, type Result } from "../core/result.ts";
import { addGradients } from "../onnx/autodiff/gradient-graph.ts";
import { traceValues } from "../onnx/autodiff/trace-values.ts";
import type { Graph } from "../onnx/graph.ts";
import { type OfflineSession, type OfflineTensor, openOfflineSession } from "../onnx/offline-session.ts";
import { removePatchInputs } from "../onnx/remove-patch-inputs.ts";
import { cutGraphAt } from "../onnx/surgery/cut-graph.ts";
import { addTargetLoss } from "../onnx/surgery/target-loss.ts";
import { type Feeds, modelFeeds, selectFeeds } from "./model-feeds.ts";

/** Lengths are padded to multiples of this, so that few sessions serve many prompts; causality hides the padding. */
const LENGTH_STEP = 8;

/** One prompt with its target, ready for gradient steps. */
export interface SitePrompt {
  /** Tokens of the prompt. */
  readonly promptLength: number;
  /** Number of values: one for each target token. */
  readonly chainLength: number;
  /** The model's own states at the chain's positions [t, d], a copy. */
  initialValues(): Float32Array;
  readonly feeds: Feeds;
  /** [1, T, d], the site's states; the chain's rows are overwritten at each step. */
  readonly states: Float32Array;
  readonly length: number;
}

/** The loss of a chain of injected values and its gradient, through the part of the model after the codebook. */
export interface SiteGradients {
  /** Runs the model once over prompt and target. Fails where the runtime refuses the graph. */
  open(prompt: readonly number[], targets: readonly number[]): Promise<Result<SitePrompt>>;
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

interface GradientSession {
  readonly session: OfflineSession;
  readonly inputs: readonly string[];
  readonly targets: string;
  readonly weights: string;
  readonly loss: string;
  readonly gradient: string;
}

/** Differentiates the part of the model after the hook, for sequences of one length. */
const openGradientSession = async (
  model: PreparedModel,
  graph: Graph,
  hook: CodebookHook,
  example: Feeds,
): Promise<Result<GradientSession>> => {
  const site = hook.tensors.input;
  const { logits } = model.io;
  const rest = cutGraphAt(
    { ...graph, outputs: graph.outputs.filter(({ name }) => name === logits) },
    { name: site, type: "float32", shape: example[site]!.shape },
  );
  const scored = addTargetLoss(rest, logits);
  const [rows, length] = example[site]!.shape as [number, number];
  const feeds: Feeds = {
    ...example,
    [scored.targets]: { type: "int64", shape: [rows, length], data: new BigInt64Array(length) },
    [scored.weights]: { type: "float32", shape: [rows, length], data: new Float32Array(length).fill(1) },
  };
  const inputs = scored.graph.inputs.map(({ name }) => name);
  const traced = await traceValues(scored.graph, selectFeeds(feeds, inputs));
  if (!traced.ok) return traced;
  const differentiated = addGradients(scored.graph, traced.value, scored.loss, [site], {
    keep: [logits],
  });
  if (!differentiated.ok) return differentiated;
  const session = await openOfflineSession(differentiated.value.graph);
  if (!session.ok) return session;
  const gradient = differentiated.value.gradients.get(site)!;
  return ok({
    session: session.value,
    inputs,
    targets: scored.targets,
    weights: scored.weights,
    loss: scored.loss,
    gradient,
  });
};

/** Rows of a prompt's states that the chain replaces, as offsets into the flat array. */
const chainStart = (prompt: SitePrompt, width: number): number => (prompt.promptLength - 1) * width;

/** How far the logit of `id` lies above every other. */
const lead = (logits: Float32Array, id: number): number => {
  let best = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < logits.length; i++) if (i !== id) best = Math.max(best, logits[i]!);
  return logits[id]! - best;
};

const tooLong = (tokens: number, context: number) =>
  problem(
    "prompt_too_long",
    `Prompt and target have ${tokens} tokens together; the model holds ${context}. Shorten the prompt.`,
    { param: "prompt" },
  );

class CachedSiteGradients implements SiteGradients {
  readonly #model: PreparedModel;
  readonly #graph: Graph;
  readonly #hook: CodebookHook;
  #forward: Promise<Result<OfflineSession>> | undefined;
  readonly #sessions = new Map<number, Promise<Result<GradientSession>>>();

  constructor(model: PreparedModel, graph: Graph, hook: CodebookHook) {
    this.#model = model;
    this.#graph = removePatchInputs(graph);
    this.#hook = hook;
  }

  async open(prompt: readonly number[], targets: readonly number[]): Promise<Result<SitePrompt>> {
    const { width } = this.#hook;
    const used = [...prompt, ...targets.slice(0, -1)];
    const { context } = this.#model.dims;
    if (used.length > context) return fail(tooLong(used.length, context));
    const length = Math.min(Math.ceil(used.length / LENGTH_STEP) * LENGTH_STEP, context);
    const feeds = modelFeeds(this.#model, [...used, ...new Array<number>(length - used.length).fill(0)]);
    const states = await this.#statesOf(feeds);
    if (!states.ok) return states;
    const site: OfflineTensor = { type: "float32", shape: [1, length, width], data: states.value };
    const example = { ...feeds, [this.#hook.tensors.input]: site };
    const session = await this.#sessionOf(length, example);
    if (!session.ok) return session;
    const first = prompt.length - 1;
    const ids = new BigInt64Array(length);
    const weights = new Float32Array(length);
    for (const [j, id] of targets.entries()) {
      ids[first + j] = BigInt(id);
      weights[first + j] = 1;
    }
    const shape = [1, length];
    return ok({
      promptLength: prompt.length,
      chainLength: targets.length,
      length,
      states: states.value,
      feeds: {
        ...selectFeeds(
          example,
          session.value.inputs.filter((name) => name in example),
        ),
        [session.value.targets]: { type: "int64", shape, data: ids },
        [session.value.weights]: { type: "float32", shape, data: weights },
      },
      initialValues: () => states.value.slice(first * width, (first + targets.length) * width),
    });
  }

  async accumulate(prompt: SitePrompt, values: Float32Array, gradient: Float32Array): Promise<number> {
    const opened = await this.#sessions.get(prompt.length)!;
    if (!opened.ok) throw new Error("A prompt is only handed out after its session was opened.");
    const { session, loss, gradient: name } = opened.value;
    const start = chainStart(prompt, this.#hook.width);
    prompt.states.set(values, start);
    const results = await session.run(prompt.feeds, [loss, name]);
    const whole = results[name]!.data as Float32Array;
    for (let i = 0; i < values.length; i++) gradient[i]! += whole[start + i]!;
    return (results[loss]!.data as Float32Array)[0]!;
  }

  async margin(prompt: SitePrompt, values: Float32Array): Promise<number> {
    const opened = await this.#sessions.get(prompt.length)!;
    if (!opened.ok) throw new Error("A prompt is only handed out after its session was opened.");
    const { session, targets } = opened.value;
    const { logits } = this.#model.io;
    prompt.states.set(values, chainStart(prompt, this.#hook.width));
    const scores = (await session.run(prompt.feeds, [logits]))[logits]!.data as Float32Array;
    const ids = prompt.feeds[targets]!.data as BigInt64Array;
    const { vocabulary } = this.#model.dims;
    const margins = Array.from({ length: prompt.chainLength }, (_, j) => {
      const position = prompt.promptLength - 1 + j;
      return lead(scores.subarray(position * vocabulary, (position + 1) * vocabulary), Number(ids[position]));
    });
    return Math.min(...margins);
  }

  /** The site's states over the whole sequence, an array of the caller's own. */
  async #statesOf(feeds: Feeds): Promise<Result<Float32Array>> {
    const { input } = this.#hook.tensors;
    this.#forward ??= openOfflineSession(this.#graph, { exposed: [input] });
    const session = await this.#forward;
    if (!session.ok) return fail(session.problem);
    const results = await session.value.run(feeds, [input]);
    return ok(Float32Array.from(results[input]!.data as Float32Array));
  }

  #sessionOf(length: number, example: Feeds): Promise<Result<GradientSession>> {
    const known = this.#sessions.get(length);
    if (known) return known;
    const opened = openGradientSession(this.#model, this.#graph, this.#hook, example);
    this.#sessions.set(length, opened);
    return opened;
  }
}

/** Gradients at the codebook `hook` of an instrumented `graph`; sessions are kept for each padded length. */
export const openSiteGradients = (model: PreparedModel, graph: Graph, hook: CodebookHook): SiteGradients =>
  new CachedSiteGradients(model, graph, hook);
