import { getOrInsert } from "../../core/get-or-insert.ts";
import type { PreparedModel } from "../../core/model/prepared-model.ts";
import type { PatchSet } from "../../core/patch/patch-set.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { BackendData, BackendTensor, Tensors } from "../../engine/backends/backend.ts";
import { bindPatches, createDummies } from "../../engine/patching/bind-patches.ts";
import type { Graph } from "../../onnx/graph.ts";
import { batchFeeds } from "../../onnx/model-feeds.ts";
import {
  type Feeds,
  type OfflineSession,
  type OfflineTensor,
  openOfflineSession,
} from "../../onnx/offline-session.ts";
import { statesGraph } from "../../onnx/states-graph.ts";
import { lengthBatches } from "../running/length-batches.ts";
import { EDITING_THREADS } from "../workbench.ts";
import type { LastBlock } from "./last-block.ts";

/** What the last block shows of one sequence, row by row, one for each token. */
export interface BlockRows {
  /** [T, d]: what its FFN reads. */
  readonly inputs: Float32Array;
  /** [T, d]: the residual stream that leaves it, no neurons added. */
  readonly stream: Float32Array;
}

/** Reads the last block's states of many sequences at once. */
export interface FeedForwardStates {
  /**
   * The states of each sequence of token ids, none of them empty. Patches of `upstream` on earlier blocks are bound,
   * but for codebooks; those of the last block are not. Rejects on sequences longer than the context.
   */
  read(sequences: readonly (readonly number[])[], upstream: PatchSet): Promise<Result<readonly BlockRows[]>>;
}

/** Tensors outside any runtime: what `bindPatches` makes is fed offline. */
const OFFLINE = {
  tensor: <Data extends BackendData>(data: Data, dims: readonly number[]): BackendTensor<Data> => ({
    data,
    dims,
  }),
};

const typeOf = (data: BackendData): OfflineTensor["type"] => {
  if (data instanceof Float32Array) return "float32";
  return data instanceof Uint8Array ? "bool" : "int64";
};

const toOffline = ({ data, dims }: BackendTensor): OfflineTensor => ({
  type: typeOf(data),
  shape: dims,
  data,
});

/** The instrumented graph up to the last block's output; its patch inputs stay. */
const graphUpToBlock = (graph: Graph, { hook, output }: LastBlock): Graph =>
  statesGraph(
    graph,
    [hook.tensors.input, output].map((name) => ({
      name,
      type: "float32",
      shape: ["batch", "sequence", hook.width],
    })),
  );

class BatchedStates implements FeedForwardStates {
  readonly #model: PreparedModel;
  readonly #block: LastBlock;
  readonly #graph: Graph;
  readonly #dummies: Tensors;
  #session: Promise<Result<OfflineSession>> | undefined;

  constructor(model: PreparedModel, graph: Graph, block: LastBlock) {
    this.#model = model;
    this.#block = block;
    this.#graph = graphUpToBlock(graph, block);
    this.#dummies = createDummies(model, OFFLINE);
  }

  async read(sequences: readonly (readonly number[])[], upstream: PatchSet) {
    this.#session ??= openOfflineSession(this.#graph, { threads: EDITING_THREADS });
    const session = await this.#session;
    if (!session.ok) return fail(session.problem);
    const patches = this.#patchFeeds(upstream);
    if (!patches.ok) return patches;
    const rows: BlockRows[] = [];
    for (const run of lengthBatches(sequences)) {
      const states = await this.#run(
        session.value,
        run.map((index) => sequences[index]!),
        patches.value,
      );
      for (const [place, index] of run.entries()) rows[index] = states[place]!;
    }
    return ok(rows);
  }

  #patchFeeds(upstream: PatchSet): Result<Feeds> {
    const bound = bindPatches(this.#model, OFFLINE, this.#dummies, upstream);
    if (!bound.ok) return bound;
    const own = new Set(Object.values(this.#block.hook.inputs));
    const entries = Object.entries(bound.value.feeds).map(([name, tensor]) => [
      name,
      toOffline(own.has(name) ? this.#dummies[name]! : tensor),
    ]);
    return ok(Object.fromEntries(entries));
  }

  async #run(session: OfflineSession, sequences: readonly (readonly number[])[], patches: Feeds) {
    const { hook, output } = this.#block;
    const length = sequences[0]!.length;
    // Causality hides the padding from the tokens before it.
    const padded = sequences.map((ids) => [...ids, ...new Array<number>(length - ids.length).fill(0)]);
    const results = await session.run({ ...batchFeeds(this.#model, padded), ...patches });
    const rowsOf = (name: string, place: number, count: number) => {
      const start = place * length * hook.width;
      return (results[name]!.data as Float32Array).slice(start, start + count * hook.width);
    };
    return sequences.map((ids, place) => ({
      inputs: rowsOf(hook.tensors.input, place, ids.length),
      stream: rowsOf(output, place, ids.length),
    }));
  }
}

const openedGraphs = new WeakMap<Graph, FeedForwardStates>();

/** Reads states of the last `block` of an instrumented `graph`; its session is opened once, at the first reading. */
export const openFeedForwardStates = (
  model: PreparedModel,
  graph: Graph,
  block: LastBlock,
): FeedForwardStates => getOrInsert(openedGraphs, graph, () => new BatchedStates(model, graph, block));
