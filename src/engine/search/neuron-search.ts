import type { NeuronsBinding } from "../../core/patch/kinds/neurons.ts";
import { ResidentRows, STATE_ADDRESS } from "./resident-rows.ts";

/** What `wasm/fired-neurons.wat` exports. */
interface Kernel {
  readonly fired: (
    keys: number,
    biases: number,
    count: number,
    bytes: number,
    state: number,
    fired: number,
  ) => number;
}

const NUMBER_BYTES = 4;

/**
 * Finds the neurons that fire with the WebAssembly kernel, among keys that stay in its memory. Dot products are summed
 * in float32: whether one fires that lies within rounding of zero may come out otherwise than in the graph.
 */
export class NeuronSearch {
  readonly #fired: Kernel["fired"];
  readonly #rows: ResidentRows;

  /** @param kernel the compiled `wasm/fired-neurons.wasm` */
  constructor(kernel: WebAssembly.Module, rows: ResidentRows) {
    const { exports } = new WebAssembly.Instance(kernel, { rows: { memory: rows.memory } });
    this.#fired = (exports as unknown as Kernel).fired;
    this.#rows = rows;
  }

  /**
   * Indices of the neurons that fire at the state [d] that starts at `offset` of `states`, in order: a view, which the
   * next search overwrites.
   */
  fired(neurons: NeuronsBinding, states: Float32Array, offset = 0): Int32Array {
    const { size } = neurons;
    const { rowBytes } = this.#rows;
    const listBytes = this.#rows.padded(size * NUMBER_BYTES);
    const start = this.#rows.addressOf(neurons, size * rowBytes + 2 * listBytes, (address) =>
      this.#write(neurons, address),
    );
    this.#rows.putState(states, offset);
    const biases = start + size * rowBytes;
    const list = biases + listBytes;
    const count = this.#fired(start, biases, size, rowBytes, STATE_ADDRESS, list);
    const first = ResidentRows.indexOf(list);
    return this.#rows.integers.subarray(first, first + count);
  }

  /** Keys [n, d] padded, behind them the biases; room for a list of as many indices is left behind these. */
  #write({ patches, size, width }: NeuronsBinding, start: number): void {
    const { floats, rowBytes } = this.#rows;
    const stride = ResidentRows.indexOf(rowBytes);
    let row = ResidentRows.indexOf(start);
    floats.fill(0, row, row + size * stride);
    let bias = row + size * stride;
    for (const { tensors } of patches) {
      const { K, b } = tensors;
      const count = b.data.length;
      for (let axis = 0; axis < width; axis++)
        for (let neuron = 0; neuron < count; neuron++)
          floats[row + neuron * stride + axis] = K.data[axis * count + neuron]!;
      floats.set(b.data, bias);
      row += count * stride;
      bias += count;
    }
  }
}
