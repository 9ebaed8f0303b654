import { TWICE_HELD_WEIGHTS_BYTES } from "../../engine/runner/model-sessions.ts";
import { RESIDENT_BYTES } from "../../engine/search/resident-rows.ts";

const MEBIBYTE = 1024 * 1024;

/** What an isolate keeps in its memory, by the name under which `/v1/info` lists it. */
export const ISOLATE_LIMITS = {
  /** Bytes of patch tensors that an isolate keeps for later requests. */
  patchSetCacheBytes: 24 * MEBIBYTE,
  /** Bytes of codebook values that a bundle's load reads at once; above that they are read on a hit. */
  eagerValuesBytes: 8 * MEBIBYTE,
  /** Bytes of codebook values, read on a hit, that an isolate keeps for later ones. */
  valuesCacheBytes: 4 * MEBIBYTE,
  /** Bytes of codebook keys that stay in the memory of the search. */
  residentKeyBytes: RESIDENT_BYTES,
  /** Bytes of a model's weights up to which its plain graph is loaded beside the one with patch inputs. */
  twiceHeldWeightsBytes: TWICE_HELD_WEIGHTS_BYTES,
  /** Names and versions whose records an isolate keeps; they never change. */
  recordCacheEntries: 1000,
  /** Base models that an isolate keeps loaded; the default one takes 52 MB of its 128. */
  loadedModels: 1,
} as const;
