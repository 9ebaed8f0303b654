import type { BackendTensor, Tensors } from "../backends/backend.ts";
import type { BoundCodebook, BoundPatches } from "../runner/bind-patches.ts";
import type { Runner } from "../runner/runner.ts";
import type { CodebookChain } from "./codebook-chain.ts";

/** A codebook's chain in progress. */
interface ActiveChain {
  readonly codebook: BoundCodebook;
  readonly chain: CodebookChain;
}

/** The patch inputs of one sequence: those of its patch set, what the entries that hit put in, and neurons that fired. */
export class Injections {
  /** Every patch input, for the next run. */
  readonly feeds: Tensors;
  readonly #runner: Runner;
  #everywhere: boolean;
  readonly #always: BackendTensor;
  #chains: readonly ActiveChain[] = [];
  #injecting = false;

  constructor(runner: Runner, patches: BoundPatches) {
    this.#runner = runner;
    this.#everywhere = patches.everywhere;
    this.feeds = { ...patches.feeds };
    this.#always = runner.backend.tensor(Uint8Array.of(1), [1]);
  }

  /** Whether any patch acts in the next run. */
  get act(): boolean {
    return this.#everywhere || this.#injecting;
  }

  /** Whether an entry has hit whose chain is not over. */
  get chained(): boolean {
    return this.#chains.length > 0;
  }

  /** Lets neurons run in the graph, from the next run on; null lets in none. */
  letIn(neurons: Tensors | null): void {
    if (neurons === null) return;
    Object.assign(this.feeds, neurons);
    this.#everywhere = true;
  }

  /** Takes up the chain of an entry that hit. */
  add(codebook: BoundCodebook, chain: CodebookChain): void {
    const { inputs, width } = codebook.hook;
    this.feeds[inputs.value] = this.#runner.backend.tensor(chain.value, [1, 1, width]);
    this.#chains = [...this.#chains, { codebook, chain }];
  }

  /** Lets the next runs inject as the prompt's last token asks, or as those before it do. */
  inject(place: "last" | "before"): void {
    this.#injecting = false;
    for (const { codebook, chain } of this.#chains)
      this.#switch(codebook, place === "last" || chain.replace === "prompt");
  }

  /** Takes the token that the answer continued with: chains go on to their next value, or end. */
  advance(token: number): void {
    if (this.#chains.length === 0) return;
    this.#injecting = false;
    this.#chains = this.#chains.filter(({ codebook, chain }) => {
      const follows = chain.advance(token);
      this.#switch(codebook, follows);
      return follows;
    });
  }

  #switch({ hook: { inputs } }: BoundCodebook, on: boolean): void {
    this.feeds[inputs.inject] = on ? this.#always : this.#runner.dummies[inputs.inject]!;
    this.#injecting ||= on;
  }
}
