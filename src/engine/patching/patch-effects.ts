import type { Patch } from "../../core/patch/patch.ts";
import type { NearestEntry } from "../generation.ts";
import type { BoundCodebook } from "../runner/bind-patches.ts";
import type { NearestKey } from "../search/key-search.ts";

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

  /** Notes the entry that was found nearest in `codebook`, and returns it. */
  noteCodebook({ hook, binding }: BoundCodebook, { index, distance }: NearestKey): NearestEntry {
    const radius = binding.radii[index]!;
    const nearest = {
      layer: hook.layer,
      ...binding.entries[index]!,
      distance,
      radius,
      hit: distance <= radius,
    };
    this.#nearest.push(nearest);
    if (nearest.hit) this.#fired.add(nearest.patch);
    return nearest;
  }

  /** Notes that a neuron of `patch` fired. */
  noteFired(patch: Patch): void {
    this.#fired.add(patch);
  }
}
