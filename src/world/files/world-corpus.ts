import type { Result } from "../../core/result.ts";
import { buildCorpus, type Corpus } from "../corpus.ts";
import { WORLD_MISTAKES } from "../mistakes/world-mistakes.ts";
import { RELATIONS } from "../relations/relations.ts";
import { FILLER_SENTENCES } from "../sentences/filler-sentences.ts";
import { readTableFiles } from "./read-table-files.ts";

/** Draws what the default model's training held out. */
export const WORLD_SEED = 1;

/** Reads the default model's corpus from the project's tables; fails as `buildCorpus` does. */
export const readWorldCorpus = (seed = WORLD_SEED): Result<Corpus> =>
  buildCorpus(
    {
      tables: readTableFiles(),
      relations: RELATIONS,
      mistakes: WORLD_MISTAKES,
      fillers: FILLER_SENTENCES,
    },
    seed,
  );
