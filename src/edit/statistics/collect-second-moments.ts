import type { PreparedModel } from "../../core/model/prepared-model.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { Tokenizer } from "../../engine/tokenizer/tokenizer.ts";
import type { Graph } from "../../onnx/graph.ts";
import { numericalRank, symmetricEigen } from "../linear-algebra/symmetric-eigen.ts";
import type { JobControl } from "../running/job-control.ts";
import { letEventsIn } from "../running/let-events-in.ts";
import { type StatisticsCorpus, sequencesOf } from "./corpus.ts";
import { type MomentSession, openMomentSession } from "./moment-session.ts";
import type { SecondMoment } from "./second-moment.ts";
import type { StatePositions, StateSequence } from "./state-positions.ts";

/** Texts of one window; a window is sorted by length, so that its batches need little filling up. */
const WINDOW_TEXTS = 512;

/** Tokens of one batch, filling included. */
const BATCH_TOKENS = 4096;

/** Where a collection stands after a whole number of windows: all that a later process needs to go on. */
export interface MomentSums {
  /** Texts done. */
  readonly texts: number;
  /** States summed. */
  readonly count: number;
  /** Σ a aᵀ [m, m] for each layer. */
  readonly sums: ReadonlyMap<number, Float64Array>;
}

/** What to collect. */
export interface MomentRequest extends JobControl {
  readonly model: PreparedModel;
  /** The model's graph with its weights, instrumented or not. */
  readonly graph: Graph;
  readonly tokenizer: Tokenizer;
  readonly corpus: StatisticsCorpus;
  readonly layers: readonly number[];
  readonly positions: StatePositions;
  /** Where an earlier run of the same request stopped. */
  readonly from: MomentSums | null;
  /** Called after each window; what it is given is written to by the next one, so it must be done with it when it resolves. */
  readonly onWindow: (sums: MomentSums) => Promise<void>;
}

const ascendingBatches = (sequences: readonly StateSequence[]): readonly (readonly StateSequence[])[] => {
  const batches: StateSequence[][] = [];
  let current: StateSequence[] = [];
  for (const sequence of sequences.toSorted((a, b) => a.ids.length - b.ids.length)) {
    if (current.length > 0 && (current.length + 1) * sequence.ids.length > BATCH_TOKENS) {
      batches.push(current);
      current = [];
    }
    current.push(sequence);
  }
  return current.length > 0 ? [...batches, current] : batches;
};

const addInPlace = (sum: Float64Array, addend: Float64Array): void => {
  for (let i = 0; i < sum.length; i++) sum[i]! += addend[i]!;
};

const emptySums = (layers: readonly number[], size: number): MomentSums => ({
  texts: 0,
  count: 0,
  sums: new Map(layers.map((layer) => [layer, new Float64Array(size * size)])),
});

const addWindow = async (
  session: MomentSession,
  sums: MomentSums,
  { corpus, positions, tokenizer, model }: MomentRequest,
): Promise<MomentSums> => {
  const texts = corpus.texts.slice(sums.texts, sums.texts + WINDOW_TEXTS);
  const sequences = texts.flatMap((text) => sequencesOf(text, positions, tokenizer, model.dims.context));
  let { count } = sums;
  for (const batch of ascendingBatches(sequences)) {
    const added = await session.sum(batch);
    count += added.count;
    for (const [layer, sum] of added.sums) addInPlace(sums.sums.get(layer)!, sum);
  }
  return { texts: sums.texts + texts.length, count, sums: sums.sums };
};

const sumWindows = async (session: MomentSession, request: MomentRequest): Promise<Result<MomentSums>> => {
  const { layers, model, corpus, from } = request;
  let sums = from ?? emptySums(layers, model.dims.ffn);
  while (sums.texts < corpus.texts.length) {
    const running = await letEventsIn(request.signal);
    if (!running.ok) return running;
    sums = await addWindow(session, sums, request);
    await request.onWindow(sums);
    request.onProgress({
      stage: "gathering states (once, kept for later edits)",
      done: sums.texts,
      total: corpus.texts.length,
    });
  }
  return ok(sums);
};

const momentsOf = async (
  { texts: _, count, sums }: MomentSums,
  { positions, corpus, model, onProgress, signal }: MomentRequest,
): Promise<Result<readonly SecondMoment[]>> => {
  const size = model.dims.ffn;
  const moments: SecondMoment[] = [];
  for (const [layer, sum] of sums) {
    const running = await letEventsIn(signal);
    if (!running.ok) return running;
    const matrix = { rows: size, columns: size, data: sum.map((value) => value / count) };
    const rank = numericalRank(symmetricEigen(matrix).values, Number.EPSILON);
    moments.push({ layer, positions, matrix, count, rank, corpus: corpus.digest });
    onProgress({ stage: "measuring ranks", done: moments.length, total: sums.size });
  }
  return ok(moments);
};

/**
 * Runs the corpus through the model and takes the second moments of `layers`, in one pass. The order of all sums is
 * fixed by the request alone, so a run that was stopped and resumed gives the bits of one that was not.
 *
 * Errors: `too_few_samples` for a corpus of which nothing fits the context; `cancelled`; those of
 * `openMomentSession`.
 */
export const collectSecondMoments = async (
  request: MomentRequest,
): Promise<Result<readonly SecondMoment[]>> => {
  const { model, graph, layers, positions } = request;
  const opened = await openMomentSession(model, graph, layers, positions);
  if (!opened.ok) return opened;
  try {
    const sums = await sumWindows(opened.value, request);
    if (!sums.ok) return sums;
    if (sums.value.count > 0) return await momentsOf(sums.value, request);
    const message = `No text of the corpus fits the ${model.dims.context} tokens of ${model.name}; give shorter ones.`;
    return fail(problem("too_few_samples", message, { param: "--corpus" }));
  } finally {
    await opened.value.release();
  }
};
