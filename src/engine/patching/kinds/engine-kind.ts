import { findHook, type HookPlace } from "../../../core/model/find-hook.ts";
import type { Hook, HookOf, PreparedModel } from "../../../core/model/prepared-model.ts";
import { problem } from "../../../core/problem.ts";
import { fail, type Result } from "../../../core/result.ts";
import type { Backend, Tensors } from "../../backends/backend.ts";
import type { KeySearch } from "../../search/key-search.ts";
import type { NeuronSearch } from "../../search/neuron-search.ts";
import type { Injections } from "../injections.ts";
import type { PatchEffects } from "../patch-effects.ts";

/** What binding needs of a runtime. */
export type TensorMaker = Pick<Backend, "tensor">;

/** What one sequence lends to the sites that are consulted in it. */
export interface SequenceTools {
  readonly backend: TensorMaker;
  readonly keySearch: KeySearch;
  readonly neuronSearch: NeuronSearch;
  /** Where a site lets its patches in. */
  readonly injections: Injections;
  /** Where it notes what they did. */
  readonly effects: PatchEffects;
}

/** A site within one sequence: compares the states of its runs with patches, outside of the graph. */
export interface ConsultedSite {
  /** Graph outputs that it compares, of a prompt and of each step. */
  readonly promptOutputs: readonly string[];
  readonly stepOutputs: readonly string[];
  /**
   * Compares a prompt's run, whose last position is `last`, and lets patches in. Resolves to the first position that
   * they change, from which the prompt must run again; null where they change nothing.
   */
  consultPrompt(outputs: Tensors, last: number): Promise<number | null>;
  /** Compares a step and lets patches in; true where it must run again. */
  consultStep(outputs: Tensors): boolean;
}

/** What a block is consulted for, shared by all sequences. */
export interface BoundSite {
  readonly layer: number;
  open(tools: SequenceTools): ConsultedSite;
}

/** A binding on a model: graph inputs for every run, a site to consult, or neither. */
export interface BoundBinding {
  readonly feeds?: Tensors;
  readonly site?: BoundSite;
}

/**
 * How the patches of one kind act in the runs of a model, for H its hooks and B what they are composed to: what the
 * core, which runs nothing, can't say of a kind.
 */
export interface EngineKind<H extends Hook, B> {
  /** The inputs of a hook at which no patch acts: one row of zeros. */
  dummies(hook: H, backend: TensorMaker): Tensors;
  /** Binds what the kind's patches are composed to, over its own arrays. Errors: those of `fitHook`. */
  bind(binding: B, model: PreparedModel, backend: TensorMaker): Result<BoundBinding>;
}

/** A tensor of zeros. */
export const zeros = (backend: TensorMaker, ...dims: readonly number[]) =>
  backend.tensor(new Float32Array(dims.reduce((product, size) => product * size, 1)), dims);

/**
 * The hook at `place` that a binding fits. Errors: `wrong_base_model` where the model has none, `shape_mismatch` where
 * it has other dimensions.
 */
export const fitHook = <Kind extends Hook["kind"]>(
  model: PreparedModel,
  place: HookPlace<Kind>,
  fits: (hook: HookOf<Kind>) => boolean,
): Result<HookOf<Kind>> => {
  const advice = "Compose the patches for this model.";
  const hook = findHook(model, place, { who: "A patch set", advice, param: "patches" });
  if (!hook.ok || fits(hook.value)) return hook;
  const message = `The hook of ${model.name} for ${place.kind} patches on layer ${place.layer} has other dimensions. ${advice}`;
  return fail(problem("shape_mismatch", message, { param: "patches" }));
};
