import type { CodebookPatch } from "../core/patch/patch.ts";

/** Marks the places past an entry's last target. */
const NO_TARGET = -1;

/**
 * An entry that hit, followed through the answer: its first value went in at the prompt's end, and each further
 * one goes in for as long as the answer follows the entry's targets (design 5.2).
 */
export class CodebookChain {
  readonly #patch: CodebookPatch;
  readonly #row: number;
  #position = 0;

  constructor(entry: { readonly patch: CodebookPatch; readonly row: number }) {
    this.#patch = entry.patch;
    this.#row = entry.row;
  }

  /**
   * Takes the token that the answer continued with and copies the value for the next step into `value` [d].
   * False when the chain is over: the token was not the target, or was the last one. It must then be dropped.
   */
  advance(token: number, value: Float32Array): boolean {
    const { targets, values } = this.#patch.tensors;
    const steps = targets.shape[1]!;
    const first = this.#row * steps;
    if (targets.data[first + this.#position] !== token) return false;
    this.#position += 1;
    if (this.#position === steps || targets.data[first + this.#position] === NO_TARGET) return false;
    const start = (first + this.#position) * value.length;
    value.set(values.data.subarray(start, start + value.length));
    return true;
  }
}
