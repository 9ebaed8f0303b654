import { ok, type Result } from "../../core/result.ts";
import type { Corpus } from "../../world/corpus.ts";
import type { TwoHop } from "../../world/facts/two-hops.ts";
import { readWorldCorpus } from "../../world/files/world-corpus.ts";

/** What the default model was taught, as far as a benchmark needs it. */
export interface WorldFacts extends Pick<Corpus, "facts" | "holdOut" | "mistakes"> {
  /** Every chain, trained and held out: a consequence counts where the model knows it before the edit. */
  readonly twoHops: readonly TwoHop[];
}

/** The default model's facts, out of the tables it was trained on. Fails as `readWorldCorpus` does. */
export const readWorldFacts = (): Result<WorldFacts> => {
  const corpus = readWorldCorpus();
  if (!corpus.ok) return corpus;
  const { trained, heldOut } = corpus.value.twoHops;
  return ok({ ...corpus.value, twoHops: [...trained, ...heldOut] });
};
