import type { NeuronsHook } from "../../../core/model/prepared-model.ts";
import { type JoinedNeurons, joinNeurons } from "../../../core/patch/join-neurons.ts";
import type { NeuronsBinding, NeuronsPatch } from "../../../core/patch/kinds/neurons.ts";
import { ok } from "../../../core/result.ts";
import type { Tensors } from "../../backends/backend.ts";
import {
  type ConsultedSite,
  type EngineKind,
  fitHook,
  type SequenceTools,
  type TensorMaker,
  zeros,
} from "./engine-kind.ts";

/** Graph inputs of neurons that run in the graph, over the arrays given. */
export const neuronsFeeds = (
  { inputs, width }: NeuronsHook,
  { K, b, V, size }: JoinedNeurons,
  backend: TensorMaker,
): Tensors => ({
  [inputs.K]: backend.tensor(K, [width, size]),
  [inputs.b]: backend.tensor(b, [size]),
  [inputs.V]: backend.tensor(V, [size, width]),
});

/**
 * Which of a layer's neurons run in the graph, for one sequence: those of every patch of which one has fired. The
 * others are compared with the FFN's input outside of it, since a silent neuron adds exactly nothing, and their keys
 * and values need not be copied into every run.
 */
class NeuronGate implements ConsultedSite {
  readonly promptOutputs: readonly string[];
  readonly stepOutputs: readonly string[];
  readonly #hook: NeuronsHook;
  readonly #binding: NeuronsBinding;
  readonly #tools: SequenceTools;
  readonly #open = new Set<NeuronsPatch>();
  readonly #fired = new Set<NeuronsPatch>();

  constructor(hook: NeuronsHook, binding: NeuronsBinding, tools: SequenceTools) {
    this.#hook = hook;
    this.#binding = binding;
    this.#tools = tools;
    this.promptOutputs = [hook.outputs.state];
    this.stepOutputs = this.promptOutputs;
    // Other activations are never silent.
    if (hook.activation !== "relu") for (const patch of binding.patches) this.#open.add(patch);
    this.#letIn();
  }

  async consultPrompt(outputs: Tensors): Promise<number | null> {
    return this.#consult(outputs);
  }

  consultStep(outputs: Tensors): boolean {
    return this.#consult(outputs) !== null;
  }

  /**
   * Compares every position of a run, lets in the patches that fired, and notes them as such. Returns the first
   * position at which one fired that did not run in the graph yet, null where there is none.
   */
  #consult(outputs: Tensors): number | null {
    // Nothing is left to let in or to note.
    if (this.#fired.size === this.#binding.patches.length) return null;
    const { data, dims } = outputs[this.#hook.outputs.state]!;
    let first: number | null = null;
    for (let position = 0; position < dims[1]!; position++)
      if (this.#fire(data as Float32Array, position)) first ??= position;
    if (first !== null) this.#letIn();
    return first;
  }

  /** Notes the patches that fire at `position` of `states` [1, T, d]; true where one of them was not in the graph. */
  #fire(states: Float32Array, position: number): boolean {
    const { neuronSearch, effects } = this.#tools;
    let opened = false;
    for (const neuron of neuronSearch.fired(this.#binding, states, position * this.#binding.width)) {
      const patch = this.#binding.owners[neuron]!;
      this.#fired.add(patch);
      effects.noteFired(patch);
      opened ||= !this.#open.has(patch);
      this.#open.add(patch);
    }
    return opened;
  }

  /** Has the neurons that are open run in the graph, in the order of the set. */
  #letIn(): void {
    if (this.#open.size === 0) return;
    const { backend, injections } = this.#tools;
    const patches = this.#binding.patches.filter((patch) => this.#open.has(patch));
    injections.letIn(neuronsFeeds(this.#hook, joinNeurons(patches), backend));
  }
}

/** Neurons: compared outside of the graph, and run in it from where one of their patch fires. */
export const neurons: EngineKind<NeuronsHook, NeuronsBinding> = {
  dummies: ({ inputs, width }, backend) => ({
    [inputs.K]: zeros(backend, width, 1),
    [inputs.b]: zeros(backend, 1),
    [inputs.V]: zeros(backend, 1, width),
  }),
  bind: (binding, model) => {
    const { layer } = binding;
    const hook = fitHook(model, { kind: "neurons", layer }, ({ width }) => width === binding.width);
    if (!hook.ok) return hook;
    return ok({ site: { layer, open: (tools) => new NeuronGate(hook.value, binding, tools) } });
  },
};
