import { joinNeurons } from "../../core/patch/join-neurons.ts";
import type { NeuronsPatch } from "../../core/patch/kinds/neurons.ts";
import type { BackendTensor, Tensors } from "../backends/backend.ts";
import { type BoundNeurons, neuronsFeeds } from "../runner/bind-patches.ts";
import type { Runner } from "../runner/runner.ts";
import type { PatchEffects } from "./patch-effects.ts";

/**
 * Which of a layer's neurons run in the graph, for one sequence: those of every patch of which one has fired. The
 * others are compared with the FFN's input outside of it, since a silent neuron adds exactly nothing, and their keys
 * and values need not be copied into every run.
 */
export class NeuronGate {
  readonly #bound: BoundNeurons;
  readonly #runner: Runner;
  readonly #open = new Set<NeuronsPatch>();
  readonly #fired = new Set<NeuronsPatch>();

  constructor(bound: BoundNeurons, runner: Runner) {
    this.#bound = bound;
    this.#runner = runner;
    // Other activations are never silent.
    if (bound.hook.activation !== "relu") for (const patch of bound.binding.patches) this.#open.add(patch);
  }

  /**
   * Compares every position of a run by its `states` [1, T, d], lets in the patches that fired, and notes them as
   * such. Returns the first position at which one fired that did not run in the graph yet, null where there is none.
   */
  consult({ data, dims }: BackendTensor, effects: PatchEffects): number | null {
    const { binding } = this.#bound;
    // Nothing is left to let in or to note.
    if (this.#fired.size === binding.patches.length) return null;
    let first: number | null = null;
    for (let position = 0; position < dims[1]!; position++) {
      const offset = position * binding.width;
      const fired = this.#runner.neuronSearch.fired(binding, data as Float32Array, offset);
      for (const neuron of fired) {
        const patch = binding.owners[neuron]!;
        this.#fired.add(patch);
        effects.noteFired(patch);
        if (this.#open.has(patch)) continue;
        this.#open.add(patch);
        first ??= position;
      }
    }
    return first;
  }

  /** Graph inputs: the neurons let in so far, in the order of the set; null where there are none. */
  feeds(): Tensors | null {
    if (this.#open.size === 0) return null;
    const { hook, binding } = this.#bound;
    const patches = binding.patches.filter((patch) => this.#open.has(patch));
    return neuronsFeeds(hook, joinNeurons(patches), this.#runner.backend);
  }
}
