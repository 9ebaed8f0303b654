import type { Patch } from "../core/patch/patch.ts";
import type { Tensors } from "./backends/backend.ts";
import type { BoundCodebook, BoundNeurons } from "./bind-patches.ts";
import type { NearestEntry } from "./generation.ts";

/** What the patches did in one request, gathered from the graph's outputs. */
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

  /** Notes the entry that prefill found nearest in `codebook`, and returns it. */
  noteCodebook({ hook, binding }: BoundCodebook, outputs: Tensors): NearestEntry {
    const index = Number(outputs[hook.outputs.index]!.data[0]);
    const distance = Number(outputs[hook.outputs.distance]!.data[0]);
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

  /** Notes the neurons whose peak in this run was above zero. */
  noteNeurons({ hook, binding }: BoundNeurons, outputs: Tensors): void {
    const peaks = outputs[hook.outputs.peak]!.data as Float32Array;
    for (let neuron = 0; neuron < binding.size; neuron++)
      if (peaks[neuron]! > 0) this.#fired.add(binding.owners[neuron]!);
  }
}
