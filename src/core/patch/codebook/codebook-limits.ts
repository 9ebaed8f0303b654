import { type Problem, problem } from "../../problem.ts";

/** Most entries that the codebook of one layer may have, over all patches of a patch set. */
export const CODEBOOK_MAX_ENTRIES = 10_000;

/** Most tokens of a codebook chain's target, the end of the answer included. */
export const CODEBOOK_MAX_TARGET_TOKENS = 32;

/** Null while a layer's codebook of `entries` is within `CODEBOOK_MAX_ENTRIES`, else `limit_exceeded`. */
export const entriesFault = (layer: number, entries: number): Problem | null =>
  entries <= CODEBOOK_MAX_ENTRIES
    ? null
    : problem(
        "limit_exceeded",
        `The codebook of layer ${layer} has ${entries} entries; at most ${CODEBOOK_MAX_ENTRIES} are served. Give fewer ` +
          "edits or fewer paraphrases, or leave edits of the parent out.",
        { param: "patches", detail: { layer, limit: CODEBOOK_MAX_ENTRIES, got: entries } },
      );
