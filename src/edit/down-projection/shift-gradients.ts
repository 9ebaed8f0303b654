import { getOrInsert } from "../../core/get-or-insert.ts";
import type { PreparedModel } from "../../core/model/prepared-model.ts";
import { ok, type Result } from "../../core/result.ts";
import { elementCount } from "../../core/tensor/tensor.ts";
import { LossSession } from "../../onnx/autodiff/loss-session.ts";
import { findDecoder } from "../../onnx/find-decoder.ts";
import type { Graph } from "../../onnx/graph.ts";
import { batchFeeds } from "../../onnx/model-feeds.ts";
import { type Feeds, floatTensor, integerTensor, type OfflineTensor } from "../../onnx/offline-session.ts";
import { cutGraphAt } from "../../onnx/surgery/cut-graph.ts";
import { addDivergenceLoss } from "../../onnx/surgery/divergence-loss.ts";
import { addTargetLoss } from "../../onnx/surgery/target-loss.ts";
import { unembedPlaces } from "../../onnx/surgery/unembed-places.ts";
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

/** The part of the model after the site, with one of the losses behind the positions that count. */
interface ScoredPlaces {
  readonly loss: LossSession;
  /** The input that says what to predict: target tokens, or reference log-probabilities. */
  readonly goal: string;
  readonly weights: string;
  /** The input that says which positions count. */
  readonly places: string;
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
    return { ...scored, goal: targets, logProbabilities: null };
  }
  const { reference, ...scored } = addDivergenceLoss(graph, logits);
  return { ...scored, goal: reference };
};

/**
 * Losses of shifts of the residual stream where a block leaves it, by gradients through the blocks after it. A shift
 * there is a shift of the block's FFN output, as the residual sum adds the two. Only positions that count are
 * unembedded: over all of a batch that would be most of the work.
 */
export class ShiftGradients {
  readonly #model: PreparedModel;
  readonly #graph: Graph;
  readonly #site: string;
  readonly #scored = new Map<LossKind, Result<ScoredPlaces>>();

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
    const scored = getOrInsert(this.#scored, "target" as const, () => this.#attach("target"));
    if (!scored.ok) return scored;
    const all = targets.flat();
    const goal = countedPlaces(batch).indices.map((place) => all[place]!);
    return this.#open(scored.value, batch, integerTensor([1, goal.length], goal));
  }

  /** Σ w · KL(p ‖ p without shifts) / Σ w over the batch. Fails where the runtime refuses the graph. */
  async divergence(batch: ShiftBatch): Promise<Result<ShiftLoss>> {
    const scored = getOrInsert(this.#scored, "divergence" as const, () => this.#attach("divergence"));
    if (!scored.ok) return scored;
    const shape = [1, countedPlaces(batch).indices.length, this.#model.dims.vocabulary];
    const blank = floatTensor(shape, new Float32Array(elementCount(shape)));
    const feeds = this.#feeds(scored.value, batch, batch.states, blank);
    const loss = await scored.value.loss.open(feeds);
    if (!loss.ok) return loss;
    const name = scored.value.logProbabilities!;
    const reference = await loss.value.read(feeds, [name]);
    return this.#open(scored.value, batch, reference[name]!);
  }

  async #open(scored: ScoredPlaces, batch: ShiftBatch, goal: OfflineTensor): Promise<Result<ShiftLoss>> {
    const states = Float32Array.from(batch.states);
    const feeds = this.#feeds(scored, batch, states, goal);
    const opened = await scored.loss.open(feeds);
    if (!opened.ok) return opened;
    return ok({
      evaluate: async (shifts, sum) => {
        states.set(batch.states);
        addShifts(states, shifts, batch);
        const { loss, gradients } = await opened.value.differentiate(feeds);
        gatherShifts(gradients[this.#site]!.data as Float32Array, sum, batch);
        return loss;
      },
    });
  }

  #feeds(names: ScoredPlaces, batch: ShiftBatch, states: Float32Array, goal: OfflineTensor): Feeds {
    const shape = [batch.rows.length, batch.rows[0]!.length, this.#model.dims.width];
    const { indices, weights } = countedPlaces(batch);
    return {
      ...batchFeeds(this.#model, batch.rows),
      [this.#site]: floatTensor(shape, states),
      [names.places]: integerTensor([indices.length], indices),
      [names.weights]: floatTensor([1, indices.length], weights),
      [names.goal]: goal,
    };
  }

  #attach(kind: LossKind): Result<ScoredPlaces> {
    const structure = findDecoder(this.#graph);
    if (!structure.ok) return structure;
    const shape = ["batch", "sequence", this.#model.dims.width];
    const site = { name: this.#site, type: "float32" as const, shape };
    const rest = cutGraphAt(this.#graph, site, [this.#model.io.logits]);
    const { graph, places, logits } = unembedPlaces(rest, structure.value);
    const scored = attachLoss(kind, graph, logits);
    const keep = scored.logProbabilities === null ? [] : [scored.logProbabilities];
    const { goal, weights, logProbabilities } = scored;
    const loss = new LossSession({ ...scored, by: [this.#site], keep }, { threads: EDITING_THREADS });
    return ok({ loss, goal, weights, places, logProbabilities });
  }
}
