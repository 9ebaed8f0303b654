import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Edit } from "../../../src/core/edit/edit.ts";
import { EMPTY_PATCH_SET } from "../../../src/core/patch/patch-set.ts";
import { ok } from "../../../src/core/result.ts";
import type { EditingContext } from "../../../src/edit/method.ts";
import { targetText } from "../../../src/edit/prompts/edit-identity.ts";
import { greedyAnswer } from "../../../src/edit/running/greedy-answer.ts";
import { collectSecondMoments } from "../../../src/edit/statistics/collect-second-moments.ts";
import type { LoadSecondMoment, SecondMoment } from "../../../src/edit/statistics/second-moment.ts";
import type { StatePositions } from "../../../src/edit/statistics/state-positions.ts";
import { PLAIN_WORKBENCH } from "../../../src/edit/workbench.ts";
import { worldData } from "../../../src/eval/data/world.ts";
import { readWorldFacts } from "../../../src/eval/data/world-facts.ts";
import { WORLD_CONFIG } from "../../../src/train/config.ts";
import {
  type ModelDirectory,
  readModelDirectory,
} from "../../../src/workshop/directories/model-directory.ts";
import { openModel } from "../../../src/workshop/models/open-model.ts";
import { openWorkshop } from "../../../src/workshop/open-workshop.ts";
import { openCorpus } from "../../../src/workshop/statistics/open-corpus.ts";
import { unwrap } from "../../onnx/support/unwrap.ts";

const MODEL_DIRECTORY = fileURLToPath(new URL("../../../models/world", import.meta.url).href);

/** Where the weights of the default model lie, the parameters one after another as `parametersOf` places them. */
export const WEIGHTS_PATH = join(MODEL_DIRECTORY, "weights.bin");

/** Second moments from scratch, each once, whatever the disk holds: a benchmark's figures do not depend on earlier work. */
const freshMoments = (
  files: ModelDirectory,
  { engine, graph }: Pick<EditingContext, "engine" | "graph">,
): LoadSecondMoment => {
  const known = new Map<string, SecondMoment>();
  const take = async (layer: number, positions: StatePositions): Promise<SecondMoment> => {
    const corpus = unwrap(await openCorpus(files));
    const [moment] = unwrap(
      await collectSecondMoments({
        model: files.model,
        graph,
        tokenizer: engine.tokenizer,
        corpus,
        layers: [layer],
        positions,
        from: null,
        onWindow: async () => undefined,
        onProgress: () => undefined,
      }),
    );
    return moment!;
  };
  return async (layer, positions) => {
    const key = `${positions} ${layer}`;
    const moment = known.get(key) ?? (await take(layer, positions));
    known.set(key, moment);
    return ok(moment);
  };
};

/**
 * The default model opened for editing with nothing remembered: no session, no state and no second moment, on the disk
 * or in memory. The caller releases the engine.
 */
export const openWorld = async (): Promise<EditingContext> => {
  const files = unwrap(await readModelDirectory(MODEL_DIRECTORY));
  const opened = unwrap(await openModel(files, openWorkshop({ workingDirectory: MODEL_DIRECTORY })));
  return {
    ...opened,
    model: files.model,
    loadSecondMoment: freshMoments(files, opened),
    parent: { edits: [], patches: [] },
    workbench: PLAIN_WORKBENCH,
    onProgress: () => undefined,
  };
};

const isKnown = async ({ prompt, groundTruth }: Edit, { engine }: EditingContext): Promise<boolean> =>
  groundTruth !== undefined &&
  (await greedyAnswer(engine, prompt, EMPTY_PATCH_SET)) === targetText({ target: groundTruth });

/** The first `count` counterfactual edits of `errata eval --data world` whose facts the model knows. */
export const someEdits = async (context: EditingContext, count: number): Promise<readonly Edit[]> => {
  const { cases } = worldData(unwrap(readWorldFacts()), WORLD_CONFIG.seed);
  const edits: Edit[] = [];
  for (const { edit } of cases) {
    if (edits.length === count) break;
    if (await isKnown(edit, context)) edits.push(edit);
  }
  return edits;
};
