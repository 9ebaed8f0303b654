import type { CodebookBinding } from "../../core/patch/kinds/codebook.ts";
import { ResidentRows, STATE_ADDRESS } from "./resident-rows.ts";

/** What `wasm/nearest-key.wat` exports. */
interface Kernel {
  readonly nearest: (keys: number, count: number, bytes: number, query: number) => number;
}

/** The key of a codebook that lies nearest to a state. */
export interface NearestKey {
  /** Index of the entry; of several equally near ones the first. */
  readonly index: number;
  /** Euclidean distance, computed in float64 and rounded to float32, the precision of radii. */
  readonly distance: number;
}

/**
 * Finds nearest keys with the WebAssembly kernel, among rows that stay in its memory. Squared distances are summed in
 * float32: of keys whose distances agree to that precision, or lie below 1e-19, any may win.
 */
export class KeySearch {
  readonly #nearest: Kernel["nearest"];
  readonly #rows: ResidentRows;

  /** @param kernel the compiled `wasm/nearest-key.wasm` */
  constructor(kernel: WebAssembly.Module, rows: ResidentRows) {
    const { exports } = new WebAssembly.Instance(kernel, { rows: { memory: rows.memory } });
    this.#nearest = (exports as unknown as Kernel).nearest;
    this.#rows = rows;
  }

  /** The entry of `codebook` whose key is nearest to the query [d] that starts at `offset` of `states`. */
  nearest(codebook: CodebookBinding, states: Float32Array, offset = 0): NearestKey {
    const { rowBytes } = this.#rows;
    const start = this.#rows.addressOf(codebook, codebook.size * rowBytes, (address) =>
      this.#write(codebook, address),
    );
    this.#rows.putState(states, offset);
    const index = this.#nearest(start, codebook.size, rowBytes, STATE_ADDRESS);
    const { floats } = this.#rows;
    const key = ResidentRows.indexOf(start + index * rowBytes);
    let sum = 0;
    for (let axis = 0; axis < codebook.width; axis++) sum += (floats[axis]! - floats[key + axis]!) ** 2;
    return { index, distance: Math.fround(Math.sqrt(sum)) };
  }

  #write({ keys, width }: CodebookBinding, start: number): void {
    const { floats, rowBytes } = this.#rows;
    const stride = ResidentRows.indexOf(rowBytes);
    let row = ResidentRows.indexOf(start);
    for (const part of keys) {
      if (stride === width) floats.set(part, row);
      else copyPadded(part, width, floats.subarray(row, row + (part.length / width) * stride), stride);
      row += (part.length / width) * stride;
    }
  }
}

/** Copies rows of `width` numbers to rows of `stride`, zeros behind them. */
const copyPadded = (rows: Float32Array, width: number, target: Float32Array, stride: number): void => {
  target.fill(0);
  for (let row = 0; row * width < rows.length; row++)
    target.set(rows.subarray(row * width, (row + 1) * width), row * stride);
};
