import { resolve } from "node:path";
import type { Digest } from "../../core/digest.ts";
import { hooksAt } from "../../core/model/find-hook.ts";
import type { PreparedModel } from "../../core/model/prepared-model.ts";
import { ok, type Result } from "../../core/result.ts";
import type { SecondMoment } from "../../edit/statistics/second-moment.ts";
import type { StatePositions } from "../../edit/statistics/state-positions.ts";
import { type ModelDirectory, readNamedModel } from "../directories/model-directory.ts";
import { readModelParts } from "../directories/model-parts.ts";
import type { WorkshopContext } from "../workshop-context.ts";
import { type MomentStore, openMomentStore } from "./moment-store.ts";
import { keepCorpus, openCorpus, readCorpusFile } from "./open-corpus.ts";

/** Of which states to take second moments. */
export interface StatisticsOptions {
  /** A model's name or directory. */
  readonly model: string;
  /** Blocks; those with a hook on their down-projection where it is left out. */
  readonly layers?: readonly number[] | undefined;
  readonly positions: StatePositions;
  /** A file of texts, which the model keeps from then on; what `openCorpus` finds where it is left out. */
  readonly corpus?: string | undefined;
}

/** Second moments of a model's FFN states, in the order of the blocks asked for. */
export interface ModelStatistics {
  /** The model's digest. */
  readonly model: Digest;
  readonly moments: readonly SecondMoment[];
}

/** The blocks whose down-projection takes patches; all blocks where none does. */
const editableLayers = (model: PreparedModel): readonly number[] => {
  const found = hooksAt(model, { kind: "low-rank", site: "down" }).map(({ layer }) => layer);
  return found.length > 0 ? found : Array.from({ length: model.layers }, (_, layer) => layer);
};

const openStore = async (files: ModelDirectory, context: WorkshopContext): Promise<Result<MomentStore>> => {
  const parts = readModelParts(files);
  if (!parts.ok) return parts;
  const { progress, signal, now } = context;
  return ok(
    openMomentStore({
      files,
      ...parts.value,
      corpus: () => openCorpus(files),
      onProgress: progress.step,
      signal,
      now,
    }),
  );
};

/**
 * The second moments of what enters a model's down-projections, taken where they are not kept yet.
 *
 * Errors: those of `readModelDirectory`, `readModel`, `createTokenizer`, `openCorpus` and `collectSecondMoments`.
 */
export const takeStatistics = async (
  { model, layers, positions, corpus }: StatisticsOptions,
  context: WorkshopContext,
): Promise<Result<ModelStatistics>> => {
  const files = await readNamedModel(model, context);
  if (!files.ok) return files;
  const given =
    corpus === undefined ? ok(null) : await readCorpusFile(resolve(context.workingDirectory, corpus));
  if (!given.ok) return given;
  const store = await openStore(files.value, context);
  if (!store.ok) return store;
  if (given.value !== null) await keepCorpus(files.value, given.value.texts);
  const moments = await store.value.load(layers ?? editableLayers(files.value.model), positions);
  return moments.ok ? ok({ model: files.value.digest, moments: moments.value }) : moments;
};
