import { type Region, ResidentRegions } from "./resident-regions.ts";

/** Bytes of rows that stay in the kernels' memory; those consulted longest ago make room past it. */
export const RESIDENT_BYTES = 12 * 2 ** 20;

/** Rows begin at multiples of this many bytes and are padded with zeros to their end: one turn of a kernel's loop. */
const ROW_BYTES = 64;
const NUMBER_BYTES = 4;
const PAGE_BYTES = 2 ** 16;

/** Where the state lies that rows are compared with. */
export const STATE_ADDRESS = 0;

/**
 * The memory of the kernels: a state at its start, and behind it the rows that states are compared with, which are
 * written when first asked for and stay while there is room, so that a later comparison copies the state alone.
 */
export class ResidentRows {
  readonly memory = new WebAssembly.Memory({ initial: 1 });
  /** Bytes from one row to the next. */
  readonly rowBytes: number;
  readonly #width: number;
  readonly #regions: ResidentRegions;
  /** Goes with its owner; the region is then the first to make room. */
  readonly #held = new WeakMap<object, Region>();
  #floats = new Float32Array(this.memory.buffer);
  #integers = new Int32Array(this.memory.buffer);

  /**
   * @param width of the model's residual stream
   * @param capacity bytes of rows that stay
   */
  constructor(width: number, capacity = RESIDENT_BYTES) {
    this.#width = width;
    this.rowBytes = this.padded(width * NUMBER_BYTES);
    this.#regions = new ResidentRegions(this.rowBytes, capacity);
    this.#reserve(this.rowBytes);
  }

  /** Bytes of the memory; it grows and never shrinks. */
  get bytes(): number {
    return this.memory.buffer.byteLength;
  }

  /** The smallest size that rows may follow. */
  padded(bytes: number): number {
    return Math.ceil(bytes / ROW_BYTES) * ROW_BYTES;
  }

  /** The address of what `owner` keeps here; `write` puts it there where it is not. `bytes` must be padded. */
  addressOf(owner: object, bytes: number, write: (address: number) => void): number {
    const known = this.#held.get(owner);
    if (known?.held) {
      this.#regions.touch(known);
      return known.start;
    }
    const region = this.#regions.take(bytes);
    this.#held.set(owner, region);
    this.#reserve(region.end);
    write(region.start);
    return region.start;
  }

  /** Puts the state that starts at `offset` of `states` where kernels read it. */
  putState(states: Float32Array, offset: number): void {
    const floats = this.floats;
    for (let axis = 0; axis < this.#width; axis++) floats[axis] = states[offset + axis]!;
  }

  /** The whole memory; a view that no later growth may go past. */
  get floats(): Float32Array {
    if (this.#floats.buffer !== this.memory.buffer) this.#floats = new Float32Array(this.memory.buffer);
    return this.#floats;
  }

  /** The same as integers. */
  get integers(): Int32Array {
    if (this.#integers.buffer !== this.memory.buffer) this.#integers = new Int32Array(this.memory.buffer);
    return this.#integers;
  }

  /** Index in `floats` and `integers` of what lies at `address`. */
  static indexOf(address: number): number {
    return address / NUMBER_BYTES;
  }

  #reserve(bytes: number): void {
    const missing = Math.ceil(bytes / PAGE_BYTES) - this.bytes / PAGE_BYTES;
    if (missing > 0) this.memory.grow(missing);
  }
}
