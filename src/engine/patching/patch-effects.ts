import type { Patch } from "../../core/patch/patch.ts";
import type { NearestEntry } from "../generation.ts";

/** What the patches did in one request, gathered from searches. */
export class PatchEffects {
  readonly #fired = new Set<Patch>();
  readonly #nearest: NearestEntry[] = [];

  /** Patches that fired, in order of first effect. */
  get fired(): readonly Patch[] {
    return [...this.#fired];
  }

  /** The nearest entry of each codebook consulted. */
  get nearest(): readonly NearestEntry[] {
    return [...this.#nearest];
  }

  /** Notes the entry that was found nearest in a codebook; its patch fired where it hit. */
  noteNearest(nearest: NearestEntry): void {
    this.#nearest.push(nearest);
    if (nearest.hit) this.#fired.add(nearest.patch);
  }

  /** Notes that a neuron of `patch` fired. */
  noteFired(patch: Patch): void {
    this.#fired.add(patch);
  }
}
