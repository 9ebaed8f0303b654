import type { PreparedModel } from "../../core/model/prepared-model.ts";
import { ok, type Result } from "../../core/result.ts";
import { addGradients } from "../../onnx/autodiff/gradient-graph.ts";
import { traceValues } from "../../onnx/autodiff/trace-values.ts";
import { findDecoder } from "../../onnx/find-decoder.ts";
import type { Graph } from "../../onnx/graph.ts";
import {
  floatTensor,
  integerTensor,
  type OfflineSession,
  openOfflineSession,
} from "../../onnx/offline-session.ts";
import { cutGraphAt } from "../../onnx/surgery/cut-graph.ts";
import { addDivergenceLoss } from "../../onnx/surgery/divergence-loss.ts";
import { addTargetLoss } from "../../onnx/surgery/target-loss.ts";
import { unembedPlaces } from "../../onnx/surgery/unembed-places.ts";
import { batchFeeds, type Feeds, selectFeeds } from "../frame/model-feeds.ts";
import { EDITING_THREADS } from "../workbench.ts";

/** Counted positions are padded to multiples of this, so that few sessions serve many batches. */
const PLACE_STEP = 8;

/** Sequences of one length, and where shifts are added to their residual stream. */
export interface ShiftBatch {
  /** Token ids, all rows of one length T. */
  readonly rows: readonly (readonly number[])[];
  /** [rows, T, d]: the residual stream at the site as the model has it; not written to. */
  readonly states: Float32Array;
  /** For each row the position of each shift, the first shift's first. */
  readonly lookups: readonly (readonly number[])[];
  /** [rows, T]: how much a position counts. */
  readonly weights: Float32Array;
}

/** A loss of shifts of the residual stream, and its gradient. */
export interface ShiftLoss {
  /** The loss in nats with `shifts` [n, d] added at each row's lookups; its gradient is added to `gradient` [n, d]. */
  evaluate(shifts: Float32Array, gradient: Float32Array): Promise<number>;
}

/** The losses that can be had of a shift. */
type LossKind = "target" | "divergence";

interface LossSession {
  readonly session: OfflineSession;
  readonly inputs: readonly string[];
  /** The input that says what to predict: target tokens, or reference log-probabilities. */
  readonly wanted: string;
  readonly weights: string;
  /** The input that says which positions count. */
  readonly places: string;
  readonly loss: string;
  readonly gradient: string;
  /** Output of log-probabilities, for a divergence. */
  readonly logProbabilities: string | null;
}

/** Adds `shifts` [n, d] to `states` [rows, T, d] at the lookups of each row. */
const addShifts = (states: Float32Array, shifts: Float32Array, { lookups, rows }: ShiftBatch): void => {
  const width = states.length / rows.length / rows[0]!.length;
  for (const [row, positions] of lookups.entries())
    for (const [shift, position] of positions.entries()) {
      const start = (row * rows[0]!.length + position) * width;
      for (let i = 0; i < width; i++) states[start + i]! += shifts[shift * width + i]!;
    }
};

/** Adds the gradient [rows, T, d] at the lookups of each row to `sum` [n, d]. */
const gatherShifts = (gradient: Float32Array, sum: Float32Array, { lookups, rows }: ShiftBatch): void => {
  const width = gradient.length / rows.length / rows[0]!.length;
  for (const [row, positions] of lookups.entries())
    for (const [shift, position] of positions.entries()) {
      const start = (row * rows[0]!.length + position) * width;
      for (let i = 0; i < width; i++) sum[shift * width + i]! += gradient[start + i]!;
    }
};

/** The positions that count, by their index among all of the batch [rows, T], padded with such as count nothing. */
interface CountedPlaces {
  readonly indices: readonly number[];
  readonly weights: Float32Array;
}

const countedPlaces = ({ weights }: ShiftBatch): CountedPlaces => {
  const counted = [...weights.keys()].filter((place) => weights[place]! > 0);
  const length = Math.ceil(counted.length / PLACE_STEP) * PLACE_STEP;
  const padding = new Array<number>(length - counted.length).fill(0);
  const shares = new Float32Array(length);
  shares.set(counted.map((place) => weights[place]!));
  return { indices: [...counted, ...padding], weights: shares };
};

const attachLoss = (kind: LossKind, graph: Graph, logits: string) => {
  if (kind === "target") {
    const { targets, ...scored } = addTargetLoss(graph, logits);
    return { ...scored, wanted: targets, logProbabilities: null };
  }
  const { reference, ...scored } = addDivergenceLoss(graph, logits);
  return { ...scored, wanted: reference };
};

/**
 * Losses of shifts of the residual stream where a block leaves it, by gradients through the blocks after it. A shift
 * there is a shift of the block's FFN output, as the residual sum adds the two. Only positions that count are
 * unembedded: over all of a batch that would be most of the work. Sessions are kept for each shape of batch.
 */
export class ShiftGradients {
  readonly #model: PreparedModel;
  readonly #graph: Graph;
  readonly #site: string;
  readonly #sessions = new Map<string, Promise<Result<LossSession>>>();

  /** On a graph without patch inputs; `site` is the block's output [batch, T, d]. */
  constructor(model: PreparedModel, graph: Graph, site: string) {
    this.#model = model;
    this.#graph = graph;
    this.#site = site;
  }

  /**
   * Σ w · −ln p(target) / Σ w over the batch; `targets` are what each position should predict, [rows, T]. Fails where
   * the runtime refuses the graph.
   */
  async target(batch: ShiftBatch, targets: readonly (readonly number[])[]): Promise<Result<ShiftLoss>> {
    const opened = await this.#sessionOf("target", batch);
    if (!opened.ok) return opened;
    const { indices } = countedPlaces(batch);
    const all = targets.flat();
    const wanted = indices.map((place) => all[place]!);
    return ok(this.#loss(opened.value, batch, integerTensor([1, wanted.length], wanted)));
  }

  /** Σ w · KL(p ‖ p without shifts) / Σ w over the batch. Fails where the runtime refuses the graph. */
  async divergence(batch: ShiftBatch): Promise<Result<ShiftLoss>> {
    const opened = await this.#sessionOf("divergence", batch);
    if (!opened.ok) return opened;
    const { session, wanted, logProbabilities } = opened.value;
    const reference = this.#blankReference(batch);
    const feeds = { ...this.#feeds(opened.value, batch, batch.states), [wanted]: reference };
    const results = await session.run(feeds, [logProbabilities!]);
    return ok(this.#loss(opened.value, batch, results[logProbabilities!]!));
  }

  #loss(opened: LossSession, batch: ShiftBatch, wanted: Feeds[string]): ShiftLoss {
    const { session, loss, gradient } = opened;
    const states = Float32Array.from(batch.states);
    const feeds = { ...this.#feeds(opened, batch, states), [opened.wanted]: wanted };
    return {
      evaluate: async (shifts, sum) => {
        states.set(batch.states);
        addShifts(states, shifts, batch);
        const results = await session.run(feeds, [loss, gradient]);
        gatherShifts(results[gradient]!.data as Float32Array, sum, batch);
        return (results[loss]!.data as Float32Array)[0]!;
      },
    };
  }

  #feeds(
    { inputs, weights, places }: Pick<LossSession, "inputs" | "weights" | "places">,
    batch: ShiftBatch,
    states: Float32Array,
  ): Feeds {
    const shape = [batch.rows.length, batch.rows[0]!.length];
    const counted = countedPlaces(batch);
    const count = counted.indices.length;
    const feeds = {
      ...batchFeeds(this.#model, batch.rows),
      [this.#site]: floatTensor([...shape, this.#model.dims.width], states),
      [places]: integerTensor([count], counted.indices),
      [weights]: floatTensor([1, count], counted.weights),
    };
    return selectFeeds(feeds, inputs);
  }

  #blankReference(batch: ShiftBatch): Feeds[string] {
    const shape = [1, countedPlaces(batch).indices.length, this.#model.dims.vocabulary];
    return floatTensor(shape, new Float32Array(shape.reduce((product, size) => product * size, 1)));
  }

  #sessionOf(kind: LossKind, batch: ShiftBatch): Promise<Result<LossSession>> {
    const count = countedPlaces(batch).indices.length;
    const key = `${kind} ${batch.rows.length} ${batch.rows[0]!.length} ${count}`;
    const known = this.#sessions.get(key);
    if (known) return known;
    const opened = this.#openSession(kind, batch);
    this.#sessions.set(key, opened);
    return opened;
  }

  /** The part of the model after the site, with the loss behind the positions that count. */
  #scoredGraph(kind: LossKind, batch: ShiftBatch) {
    const structure = findDecoder(this.#graph);
    if (!structure.ok) return structure;
    const shape = [batch.rows.length, batch.rows[0]!.length, this.#model.dims.width];
    const outputs = this.#graph.outputs.filter(({ name }) => name === this.#model.io.logits);
    const rest = cutGraphAt({ ...this.#graph, outputs }, { name: this.#site, type: "float32", shape });
    const { graph, places, logits } = unembedPlaces(rest, structure.value.unembedding);
    return ok({ ...attachLoss(kind, graph, logits), places });
  }

  #exampleOf(kind: LossKind, batch: ShiftBatch): Feeds[string] {
    if (kind === "divergence") return this.#blankReference(batch);
    const count = countedPlaces(batch).indices.length;
    return integerTensor([1, count], new Array<number>(count).fill(0));
  }

  /** Differentiates for batches of one shape. */
  async #openSession(kind: LossKind, batch: ShiftBatch): Promise<Result<LossSession>> {
    const built = this.#scoredGraph(kind, batch);
    if (!built.ok) return built;
    const { graph, wanted, weights, places, loss, logProbabilities } = built.value;
    const inputs = graph.inputs.map(({ name }) => name);
    const named = { inputs, wanted, weights, places, loss, logProbabilities };
    const example = this.#exampleOf(kind, batch);
    const feeds = { ...this.#feeds(named, batch, batch.states), [wanted]: example };
    const traced = await traceValues(graph, feeds);
    if (!traced.ok) return traced;
    const keep = logProbabilities === null ? [] : [logProbabilities];
    const differentiated = addGradients(graph, traced.value, loss, [this.#site], { keep });
    if (!differentiated.ok) return differentiated;
    const session = await openOfflineSession(differentiated.value.graph, { threads: EDITING_THREADS });
    if (!session.ok) return session;
    return ok({
      ...named,
      session: session.value,
      gradient: differentiated.value.gradients.get(this.#site)!,
    });
  }
}
