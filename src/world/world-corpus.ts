import type { Result } from "../core/result.ts";
import { buildCorpus, type Corpus } from "./corpus.ts";
import { FILLER_SENTENCES } from "./filler.ts";
import { WORLD_MISTAKES } from "./mistakes-world.ts";
import { readTableFiles } from "./read-table-files.ts";
import { RELATIONS } from "./relations/relations.ts";

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
