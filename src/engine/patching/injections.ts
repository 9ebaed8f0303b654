import type { CodebookHook } from "../../core/model/prepared-model.ts";
import type { Backend, BackendTensor, Tensors } from "../backends/backend.ts";
import type { CodebookChain } from "./codebook-chain.ts";

/** What injections take of a loaded model. */
interface ModelInputs {
  readonly backend: Pick<Backend, "tensor">;
  readonly dummies: Tensors;
}

/** What of a patch set is there from the first run on. */
interface StandingPatches {
  /** Every patch input. */
  readonly feeds: Tensors;
  /** Whether one acts at every position. */
  readonly everywhere: boolean;
}

/** A codebook's chain in progress. */
interface ActiveChain {
  readonly hook: CodebookHook;
  readonly chain: CodebookChain;
}

/** The patch inputs of one sequence: those of its patch set, what the entries that hit put in, and neurons that fired. */
export class Injections {
  /** Every patch input, for the next run. */
  readonly feeds: Tensors;
  readonly #inputs: ModelInputs;
  #everywhere: boolean;
  readonly #always: BackendTensor;
  #chains: readonly ActiveChain[] = [];
  #injecting = false;

  constructor(inputs: ModelInputs, patches: StandingPatches) {
    this.#inputs = inputs;
    this.#everywhere = patches.everywhere;
    this.feeds = { ...patches.feeds };
    this.#always = inputs.backend.tensor(Uint8Array.of(1), [1]);
  }

  /** Whether any patch acts in the next run. */
  get act(): boolean {
    return this.#everywhere || this.#injecting;
  }

  /** Whether an entry has hit whose chain is not over. */
  get chained(): boolean {
    return this.#chains.length > 0;
  }

  /** Lets neurons run in the graph, from the next run on. */
  letIn(neurons: Tensors): void {
    Object.assign(this.feeds, neurons);
    this.#everywhere = true;
  }

  /** Takes up the chain of an entry that hit. */
  add(hook: CodebookHook, chain: CodebookChain): void {
    const { inputs, width } = hook;
    this.feeds[inputs.value] = this.#inputs.backend.tensor(chain.value, [1, 1, width]);
    this.#chains = [...this.#chains, { hook, chain }];
  }

  /** Lets the next runs inject as the prompt's last token asks, or as those before it do. */
  inject(place: "last" | "before"): void {
    this.#injecting = false;
    for (const { hook, chain } of this.#chains)
      this.#switch(hook, place === "last" || chain.replace === "prompt");
  }

  /** Takes the token that the answer continued with: chains go on to their next value, or end. */
  advance(token: number): void {
    if (this.#chains.length === 0) return;
    this.#injecting = false;
    this.#chains = this.#chains.filter(({ hook, chain }) => {
      const follows = chain.advance(token);
      this.#switch(hook, follows);
      return follows;
    });
  }

  #switch({ inputs }: CodebookHook, on: boolean): void {
    this.feeds[inputs.inject] = on ? this.#always : this.#inputs.dummies[inputs.inject]!;
    this.#injecting ||= on;
  }
}
