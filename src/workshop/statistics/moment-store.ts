import { join } from "node:path";
import { shortId } from "../../core/digest.ts";
import { getOrInsert } from "../../core/get-or-insert.ts";
import { ok, type Result } from "../../core/result.ts";
import { collectSecondMoments, type MomentSums } from "../../edit/statistics/collect-second-moments.ts";
import type { StatisticsCorpus } from "../../edit/statistics/corpus.ts";
import type { LoadSecondMoment, SecondMoment } from "../../edit/statistics/second-moment.ts";
import type { StatePositions } from "../../edit/statistics/state-positions.ts";
import type { Tokenizer } from "../../engine/tokenizer/tokenizer.ts";
import type { Graph } from "../../onnx/graph.ts";
import { MOMENTS_DIRECTORY, type ModelDirectory } from "../directories/model-directory.ts";
import type { ProgressStep } from "../workshop-context.ts";
import { readMoment, readSums, removeSums, writeMoment, writeSums } from "./moment-files.ts";

/** A checkpoint is written at most this often, in milliseconds: it may be as large as all moments together. */
const CHECKPOINT_INTERVAL = 5000;

/** What moments are taken of and over. */
export interface MomentSource {
  readonly files: Pick<ModelDirectory, "directory" | "digest" | "model">;
  readonly graph: Graph;
  readonly tokenizer: Tokenizer;
  /** Asked for once a moment is wanted. */
  readonly corpus: () => Promise<Result<StatisticsCorpus>>;
  readonly onProgress: (step: ProgressStep) => void;
  readonly signal: AbortSignal;
  /** A clock in milliseconds. */
  readonly now: () => number;
}

/** The second moments of a model over one corpus, kept on the disk under the digests of both. */
export interface MomentStore {
  /** Those of `layers`, computed in one pass where they are not on the disk yet. Errors: those of `collectSecondMoments`. */
  load(layers: readonly number[], positions: StatePositions): Promise<Result<readonly SecondMoment[]>>;
}

/** The files of one model and corpus. */
const placesOf = ({ files }: MomentSource, corpus: StatisticsCorpus) => {
  const directory = join(
    files.directory,
    MOMENTS_DIRECTORY,
    `${shortId(files.digest)}-${shortId(corpus.digest)}`,
  );
  return {
    moment: (layer: number, positions: StatePositions) => join(directory, `${positions}-${layer}.moment`),
    checkpoint: (layers: readonly number[], positions: StatePositions) =>
      join(directory, `${positions}-${layers.join("-")}.checkpoint`),
  };
};

const compute = async (
  source: MomentSource,
  corpus: StatisticsCorpus,
  layers: readonly number[],
  positions: StatePositions,
): Promise<Result<readonly SecondMoment[]>> => {
  const { model } = source.files;
  const places = placesOf(source, corpus);
  const checkpoint = places.checkpoint(layers, positions);
  let written = source.now();
  let last: MomentSums | null = null;
  const onWindow = async (sums: MomentSums) => {
    last = sums;
    if (source.now() - written < CHECKPOINT_INTERVAL) return;
    await writeSums(checkpoint, sums);
    written = source.now();
  };
  const from = await readSums(checkpoint, layers, model.dims.ffn);
  const moments = await collectSecondMoments({ ...source, model, corpus, layers, positions, from, onWindow });
  if (!moments.ok) {
    if (moments.problem.code === "cancelled" && last) await writeSums(checkpoint, last);
    return moments;
  }
  for (const moment of moments.value) await writeMoment(places.moment(moment.layer, positions), moment);
  await removeSums(checkpoint);
  return moments;
};

/** Opens the store of one model and corpus. */
export const openMomentStore = (source: MomentSource): MomentStore => {
  const corpus = onceResult(source.corpus);
  return {
    load: async (layers, positions) => {
      const texts = await corpus();
      if (!texts.ok) return texts;
      const places = placesOf(source, texts.value);
      const held = new Map<number, SecondMoment>();
      for (const layer of layers) {
        const moment = await readMoment(places.moment(layer, positions));
        if (moment) held.set(layer, moment);
      }
      const missing = layers.filter((layer) => !held.has(layer));
      const computed = missing.length > 0 ? await compute(source, texts.value, missing, positions) : ok([]);
      if (!computed.ok) return computed;
      for (const moment of computed.value) held.set(moment.layer, moment);
      return ok(layers.map((layer) => held.get(layer)!));
    },
  };
};

const onceResult = <Value>(make: () => Promise<Value>): (() => Promise<Value>) => {
  let made: Promise<Value> | undefined;
  return () => {
    made ??= make();
    return made;
  };
};

/** The store as methods see it; a moment asked for twice is read once. */
export const secondMomentLoader = (store: MomentStore): LoadSecondMoment => {
  const loaded = new Map<string, Promise<Result<SecondMoment>>>();
  const load: LoadSecondMoment = async (layer, positions) => {
    const moments = await store.load([layer], positions);
    return moments.ok ? ok(moments.value[0]!) : moments;
  };
  return (layer, positions) => getOrInsert(loaded, `${positions} ${layer}`, () => load(layer, positions));
};
