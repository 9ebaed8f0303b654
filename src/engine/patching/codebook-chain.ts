import type { ChainContent } from "../../core/patch/codebook/chain.ts";

/**
 * An entry that hit, followed through the answer: its first value goes in at the prompt's end, and each further one
 * for as long as the answer follows the entry's targets (design 5.2).
 */
export class CodebookChain {
  /** The value [d] to inject now; overwritten by each advance. */
  readonly value: Float32Array;
  readonly replace: ChainContent["replace"];
  readonly #content: ChainContent;
  #position = 0;

  /** @param width of the residual stream, d */
  constructor(content: ChainContent, width: number) {
    this.#content = content;
    this.replace = content.replace;
    this.value = content.values.slice(0, width);
  }

  /**
   * Takes the token that the answer continued with and makes `value` that of the next step. False when the chain is
   * over: the token was not the target, or was the last one. It must then be dropped.
   */
  advance(token: number): boolean {
    const { targets, values } = this.#content;
    if (targets[this.#position] !== token) return false;
    this.#position += 1;
    if (this.#position === targets.length) return false;
    const start = this.#position * this.value.length;
    this.value.set(values.subarray(start, start + this.value.length));
    return true;
  }
}
