import type { CodebookHook } from "../../../core/model/prepared-model.ts";
import type { CodebookBinding } from "../../../core/patch/kinds/codebook.ts";
import { ProblemError } from "../../../core/problem.ts";
import { ok } from "../../../core/result.ts";
import type { Tensors } from "../../backends/backend.ts";
import { CodebookChain } from "../codebook-chain.ts";
import { type ConsultedSite, type EngineKind, fitHook, type SequenceTools, zeros } from "./engine-kind.ts";

/** A layer's codebook within one sequence: searched once, at the last prompt token. */
class CodebookLookup implements ConsultedSite {
  readonly promptOutputs: readonly string[];
  readonly stepOutputs: readonly string[] = [];
  readonly #hook: CodebookHook;
  readonly #binding: CodebookBinding;
  readonly #tools: SequenceTools;

  constructor(hook: CodebookHook, binding: CodebookBinding, tools: SequenceTools) {
    this.#hook = hook;
    this.#binding = binding;
    this.#tools = tools;
    this.promptOutputs = [hook.outputs.query];
  }

  async consultPrompt(outputs: Tensors, last: number): Promise<number | null> {
    const { keySearch, injections, effects } = this.#tools;
    const { layer, outputs: names, width } = this.#hook;
    const states = outputs[names.query]!.data as Float32Array;
    const { index, distance } = keySearch.nearest(this.#binding, states, last * width);
    const radius = this.#binding.radii[index]!;
    const hit = distance <= radius;
    effects.noteNearest({ layer, ...this.#binding.entries[index]!, distance, radius, hit });
    if (!hit) return null;
    const content = await this.#binding.chainOf(index);
    // Without its values the right answer cannot be given, and the bare model's would be a wrong one.
    if (!content.ok) throw new ProblemError(content.problem);
    const chain = new CodebookChain(content.value, width);
    injections.add(this.#hook, chain);
    return chain.replace === "prompt" ? 0 : last;
  }

  consultStep(): boolean {
    return false;
  }
}

/** Codebooks: searched outside of the graph; what an entry that hits holds is injected. */
export const codebook: EngineKind<CodebookHook, CodebookBinding> = {
  dummies: ({ inputs, width }, backend) => ({
    [inputs.value]: zeros(backend, 1, 1, width),
    [inputs.inject]: backend.tensor(Uint8Array.of(0), [1]),
  }),
  bind: (binding, model) => {
    const { layer } = binding;
    const hook = fitHook(model, { kind: "codebook", layer }, ({ width }) => width === binding.width);
    if (!hook.ok) return hook;
    return ok({ site: { layer, open: (tools) => new CodebookLookup(hook.value, binding, tools) } });
  },
};
