import type { Result } from "../core/result.ts";
import { buildCorpus, type Corpus } from "./corpus/corpus.ts";
import { FILLER_SENTENCES } from "./corpus/filler.ts";
import { WORLD_MISTAKES } from "./corpus/mistakes-world.ts";
import { readTableFiles } from "./corpus/read-table-files.ts";
import { RELATIONS } from "./corpus/relations.ts";

/** Reads the default model's corpus from the project's tables; fails as `buildCorpus` does. */
export const readWorldCorpus = (seed: number): Result<Corpus> =>
  buildCorpus(
    {
      tables: readTableFiles(),
      relations: RELATIONS,
      mistakes: WORLD_MISTAKES,
      fillers: FILLER_SENTENCES,
    },
    seed,
  );
