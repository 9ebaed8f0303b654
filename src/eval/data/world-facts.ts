import { ok, type Result } from "../../core/result.ts";
import { WORLD_CONFIG } from "../../train/config.ts";
import type { Corpus } from "../../train/corpus/corpus.ts";
import { readWorldCorpus } from "../../train/world-corpus.ts";

/** A sentence that leads from a subject over a bridge to an object, and spells the bridge out. */
export interface TwoHopChain {
  readonly pattern: {
    /** Names of the relations: subject to bridge, bridge to object. */
    readonly first: string;
    readonly second: string;
    /** Holds {subject} before {bridge} and {object}. */
    readonly template: string;
  };
  readonly subject: string;
  readonly bridge: string;
  readonly object: string;
  /** The sentence up to the bridge, without the space before it. */
  readonly prompt: string;
  /** What must follow, without a leading space. */
  readonly answer: string;
}

/** What the default model was taught, as far as a benchmark needs it. */
export interface WorldFacts extends Pick<Corpus, "facts" | "holdOut" | "mistakes"> {
  readonly twoHops: readonly TwoHopChain[];
}

/** The default model's facts, out of the tables it was trained on. Fails as `readWorldCorpus` does. */
export const readWorldFacts = (): Result<WorldFacts> => {
  const corpus = readWorldCorpus(WORLD_CONFIG.seed);
  return corpus.ok ? ok({ ...corpus.value, twoHops: [] }) : corpus;
};
