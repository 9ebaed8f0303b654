import type { CodebookBinding } from "../core/patch/patch-set.ts";
import { type Region, ResidentRegions } from "./resident-regions.ts";

/** Bytes of keys that stay in the search's memory; the codebooks consulted longest ago make room past it. */
export const RESIDENT_KEY_BYTES = 12 * 2 ** 20;

/** Rows begin at multiples of this many bytes and are padded with zeros to their end: one turn of the kernel's loop. */
const ROW_BYTES = 64;
const FLOAT_BYTES = 4;
const PAGE_BYTES = 2 ** 16;

/** What `wasm/nearest-key.wat` exports. */
interface Kernel {
  readonly memory: WebAssembly.Memory;
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
 * Finds nearest keys with the WebAssembly kernel. Keys are copied into its memory when a codebook is first consulted
 * and stay there while there is room, so a later search copies the query alone. Squared distances are summed in
 * float32: of keys whose distances agree to that precision, or lie below 1e-19, any may win.
 */
export class KeySearch {
  readonly #kernel: Kernel;
  readonly #rowBytes: number;
  readonly #regions: ResidentRegions;
  /** Goes with its codebook; the region is then the first to make room. */
  readonly #resident = new WeakMap<CodebookBinding, Region>();

  /**
   * @param kernel the compiled `wasm/nearest-key.wasm`
   * @param width of the model's residual stream
   * @param capacity bytes of keys that stay
   */
  constructor(kernel: WebAssembly.Module, width: number, capacity = RESIDENT_KEY_BYTES) {
    this.#kernel = new WebAssembly.Instance(kernel).exports as unknown as Kernel;
    this.#rowBytes = Math.ceil((width * FLOAT_BYTES) / ROW_BYTES) * ROW_BYTES;
    this.#regions = new ResidentRegions(this.#rowBytes, capacity);
    this.#reserve(this.#rowBytes);
  }

  /** Bytes of the kernel's memory; it grows and never shrinks. */
  get bytes(): number {
    return this.#kernel.memory.buffer.byteLength;
  }

  /** The entry of `codebook` whose key is nearest to `query` [d]. */
  nearest(codebook: CodebookBinding, query: Float32Array): NearestKey {
    const { start } = this.#regionOf(codebook);
    this.#floatsAt(0, query.length).set(query);
    const index = this.#kernel.nearest(start, codebook.size, this.#rowBytes, 0);
    const key = this.#floatsAt(start + index * this.#rowBytes, query.length);
    let sum = 0;
    for (let axis = 0; axis < query.length; axis++) sum += (query[axis]! - key[axis]!) ** 2;
    return { index, distance: Math.fround(Math.sqrt(sum)) };
  }

  #regionOf(codebook: CodebookBinding): Region {
    const known = this.#resident.get(codebook);
    if (known?.held) {
      this.#regions.touch(known);
      return known;
    }
    const region = this.#regions.take(codebook.size * this.#rowBytes);
    this.#resident.set(codebook, region);
    this.#reserve(region.end);
    this.#write(codebook, region.start);
    return region;
  }

  #write({ keys, width }: CodebookBinding, start: number): void {
    const stride = this.#rowBytes / FLOAT_BYTES;
    let row = start;
    for (const part of keys) {
      const rows = part.length / width;
      const target = this.#floatsAt(row, rows * stride);
      if (stride === width) target.set(part);
      else copyPadded(part, width, target, stride);
      row += rows * this.#rowBytes;
    }
  }

  #reserve(bytes: number): void {
    const { memory } = this.#kernel;
    const missing = Math.ceil(bytes / PAGE_BYTES) - memory.buffer.byteLength / PAGE_BYTES;
    if (missing > 0) memory.grow(missing);
  }

  #floatsAt(address: number, length: number): Float32Array {
    return new Float32Array(this.#kernel.memory.buffer, address, length);
  }
}

/** Copies rows of `width` numbers to rows of `stride`, zeros behind them. */
const copyPadded = (rows: Float32Array, width: number, target: Float32Array, stride: number): void => {
  target.fill(0);
  for (let row = 0; row * width < rows.length; row++)
    target.set(rows.subarray(row * width, (row + 1) * width), row * stride);
};
