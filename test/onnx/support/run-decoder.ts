import type { Hook } from "../../../src/core/model/prepared-model.ts";
import type { Graph } from "../../../src/onnx/graph.ts";
import {
  floatTensor,
  integerTensor,
  type OfflineSession,
  type OfflineTensor,
  openOfflineSession,
} from "../../../src/onnx/offline-session.ts";
import type { DecoderStructure } from "../../../src/onnx/structure/decoder-structure.ts";
import { unwrap } from "./unwrap.ts";

type Tensors = Readonly<Record<string, OfflineTensor>>;

const zeros = (shape: readonly number[]) =>
  floatTensor(shape, new Float32Array(shape.reduce((product, size) => product * size, 1)));

/** Whether a codebook injects. */
export const truthTensor = (value: boolean): OfflineTensor => ({
  type: "bool",
  shape: [1],
  data: Uint8Array.of(Number(value)),
});

/** The tensors of an absent patch: one row of zeros, nothing injected. */
export const absentPatch = (hook: Hook): Tensors => {
  switch (hook.kind) {
    case "low-rank":
      return { [hook.inputs.A]: zeros([hook.in, 1]), [hook.inputs.B]: zeros([1, hook.out]) };
    case "neurons":
      return {
        [hook.inputs.K]: zeros([hook.width, 1]),
        [hook.inputs.b]: zeros([1]),
        [hook.inputs.V]: zeros([1, hook.width]),
      };
    case "codebook":
      return {
        [hook.inputs.value]: zeros([1, 1, hook.width]),
        [hook.inputs.inject]: truthTensor(false),
      };
  }
};

/** The cache of no tokens; of a layer whose keys and values are stacked, one tensor. */
export const emptyCache = ({ blocks, dims }: DecoderStructure): Tensors => {
  const shape = [1, dims.kvHeads, 0, dims.headDim];
  return Object.fromEntries(
    blocks.flatMap(({ cache }) => {
      if (!cache) return [];
      const { pastKey, pastValue } = cache;
      return pastKey === pastValue
        ? [[pastKey, zeros([2, ...shape])]]
        : [pastKey, pastValue].map((name) => [name, zeros(shape)]);
    }),
  );
};

/** The present keys and values of a run, as the next run's past. */
export const nextCache = ({ blocks }: DecoderStructure, outputs: Tensors): Tensors =>
  Object.fromEntries(
    blocks.flatMap(({ cache }) =>
      cache
        ? [
            [cache.pastKey, outputs[cache.presentKey]!],
            [cache.pastValue, outputs[cache.presentValue]!],
          ]
        : [],
    ),
  );

/** Feeds for `ids` after `past` tokens, without cache and patches. */
export const tokenFeeds = ({ io }: DecoderStructure, ids: readonly number[], past = 0): Tensors => ({
  [io.inputIds]: integerTensor([1, ids.length], ids),
  ...(io.attentionMask && {
    [io.attentionMask]: integerTensor([1, past + ids.length], Array(past + ids.length).fill(1)),
  }),
  ...(io.positionIds && {
    [io.positionIds]: integerTensor(
      [1, ids.length],
      ids.map((_, place) => past + place),
    ),
  }),
});

/** A decoder in the native runtime, fed with dummies where no patch is given. */
export class DecoderRunner {
  readonly #session: OfflineSession;
  readonly #structure: DecoderStructure;
  readonly #absent: Tensors;

  private constructor(session: OfflineSession, structure: DecoderStructure, hooks: readonly Hook[]) {
    this.#session = session;
    this.#structure = structure;
    this.#absent = Object.assign({}, ...hooks.map(absentPatch));
  }

  static async open(
    graph: Graph,
    structure: DecoderStructure,
    { hooks = [], exposed = [] }: { hooks?: readonly Hook[]; exposed?: readonly string[] } = {},
  ): Promise<DecoderRunner> {
    return new DecoderRunner(
      unwrap(await openOfflineSession(graph, { threads: 1, exposed })),
      structure,
      hooks,
    );
  }

  /** Every output of one run over `ids`, from an empty cache unless `cache` continues one of `past` tokens. */
  run(
    ids: readonly number[],
    patches: Tensors = {},
    cache: Tensors = emptyCache(this.#structure),
    past = 0,
  ): Promise<Tensors> {
    return this.#session.run({
      ...tokenFeeds(this.#structure, ids, past),
      ...cache,
      ...this.#absent,
      ...patches,
    });
  }

  /**
   * Greedy decoding with the cache; rows are the logits chosen from. `atLast` are patches that act at the prompt's
   * last token alone, which is then run alone.
   */
  async greedy(prompt: readonly number[], steps: number, atLast?: Tensors) {
    const { logits } = this.#structure.io;
    let outputs = await (atLast ? this.#runLast(prompt, atLast) : this.run(prompt));
    const rows = [lastRow(outputs[logits]!)];
    const ids: number[] = [];
    for (let step = 0; step < steps; step++) {
      ids.push(indexOfLargest(rows.at(-1)!));
      const past = prompt.length + step;
      outputs = await this.run([ids.at(-1)!], {}, nextCache(this.#structure, outputs), past);
      rows.push(lastRow(outputs[logits]!));
    }
    return { ids, rows };
  }

  async #runLast(prompt: readonly number[], patches: Tensors): Promise<Tensors> {
    const last = prompt.length - 1;
    const before = nextCache(this.#structure, await this.run(prompt.slice(0, last)));
    return this.run(prompt.slice(last), patches, before, last);
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

/** The last row along the last axis of a float tensor. */
export const lastRow = ({ shape, data }: OfflineTensor): Float32Array =>
  (data as Float32Array).slice(-shape.at(-1)!);

/** Position of the largest of `values`. */
export const indexOfLargest = (values: Float32Array): number => values.indexOf(Math.max(...values));

/** The largest absolute difference of two equally long lists. */
export const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  if (a.length !== b.length) throw new Error(`lengths ${a.length} and ${b.length} differ`);
  return Math.max(...Array.from(a, (value, place) => Math.abs(value - b[place]!)));
};
