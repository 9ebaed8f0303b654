import { findHook, hooksAt } from "../../core/model/find-hook.ts";
import type { LowRankHook, PreparedModel } from "../../core/model/prepared-model.ts";
import type { PatchSet } from "../../core/patch/patch-set.ts";
import { ok, type Result } from "../../core/result.ts";
import { addPatchInputs } from "../../onnx/add-patch-inputs.ts";
import { floatsOf, type Graph, type ValueInfo } from "../../onnx/graph.ts";
import { batchFeeds } from "../../onnx/model-feeds.ts";
import {
  type Feeds,
  floatTensor,
  type OfflineSession,
  openOfflineSession,
} from "../../onnx/offline-session.ts";
import { openDecoder } from "../../onnx/open-decoder.ts";
import { statesGraph } from "../../onnx/states-graph.ts";
import { EDITING_THREADS } from "../workbench.ts";

/** One block whose down-projection takes low-rank patches. */
export interface DownSite {
  readonly layer: number;
  /** Width m of the down-projection's input, the key. */
  readonly in: number;
  /** Width d of its output and of the residual stream. */
  readonly out: number;
  /**
   * Tensors of the model's graph: the key, the down-projection's output, and where a shift of that output arrives as it
   * is: the block's output, or, where a norm or a multiplier stands between, the down-projection's.
   */
  readonly tensors: { readonly key: string; readonly output: string; readonly block: string };
  /** The weight's Frobenius norm, to measure updates by. */
  readonly weightNorm: number;
}

/** What one forward pass over sequences of equal length computes at a block, row-major. */
export interface BlockStates {
  /** [rows, T, m]: input of the down-projection. */
  readonly keys: Float32Array;
  /** [rows, T, d]: output of the FFN, bias and patches included. */
  readonly outputs: Float32Array;
  /** [rows, T, d]: where shifts arrive, the residual stream after the block in most models. */
  readonly states: Float32Array;
}

/** Forward passes over several sequences at once, with low-rank patches attached and nothing else. */
export interface BlockForward {
  /** The blocks that can be patched, in order. */
  readonly sites: readonly DownSite[];
  /** The model's graph without any patch inputs, in operators that have gradients. */
  readonly bare: Graph;
  /** States at each of `layers`, for `rows` of one length under the low-rank patches of `patches`. */
  run(
    rows: readonly (readonly number[])[],
    layers: readonly number[],
    patches: PatchSet,
  ): Promise<Result<ReadonlyMap<number, BlockStates>>>;
}

const zeroFeeds = (hook: LowRankHook): Feeds => ({
  [hook.inputs.A]: floatTensor([hook.in, 1], new Float32Array(hook.in)),
  [hook.inputs.B]: floatTensor([1, hook.out], new Float32Array(hook.out)),
});

/** The factors of `patches` as inputs of the hooks; a zero row where nothing acts. */
const patchFeeds = (hooks: readonly LowRankHook[], patches: PatchSet): Feeds => {
  const feeds = Object.assign({}, ...hooks.map(zeroFeeds));
  for (const { layer, site, rank, A, B } of patches.lowRanks) {
    const hook = hooks.find((candidate) => candidate.layer === layer && candidate.site === site)!;
    feeds[hook.inputs.A] = floatTensor([hook.in, rank], A);
    feeds[hook.inputs.B] = floatTensor([rank, hook.out], B);
  }
  return feeds;
};

/** The states of a site as a graph's outputs. */
const statesOf = ({ tensors, in: width, out }: DownSite): readonly ValueInfo[] =>
  Object.values(tensors).map((name) => ({
    name,
    type: "float32",
    shape: ["batch", "sequence", name === tensors.key ? width : out],
  }));

/** Where these passes are asked for states. */
const DOWN_PROJECTION = { kind: "low-rank", site: "down" } as const;

/**
 * Opens `graph`, the instrumented graph of `model`, for forward passes that take several rows: of its hooks only the
 * low-rank ones are kept, as a codebook takes one row. Fails with `wrong_base_model` where no down-projection has one.
 */
export const openBlockForward = (model: PreparedModel, graph: Graph): Result<BlockForward> => {
  const decoder = openDecoder(graph);
  if (!decoder.ok) return decoder;
  const { served, lowered, structure } = decoder.value;
  const advice = "Prepare the model with --low-rank.";
  const down = findHook(model, DOWN_PROJECTION, { who: "The method", advice, param: "model" });
  if (!down.ok) return down;
  const lowRank = hooksAt(model, { kind: "low-rank" }).map(({ layer, site }) => ({ layer, site }));
  const patched = addPatchInputs(served, structure, { codebook: [], neurons: [], lowRank });
  if (!patched.ok) return patched;
  const hooks = hooksAt(patched.value, { kind: "low-rank" });
  const sites = hooksAt(patched.value, DOWN_PROJECTION).map(({ layer, in: width, out, tensors }) => {
    const { feedForward, output } = structure.blocks[layer]!;
    const weight = floatsOf(lowered.initializers.get(feedForward.down.weight)!);
    return {
      layer,
      in: width,
      out,
      tensors: {
        key: tensors.input,
        output: tensors.output,
        block: feedForward.direct ? output : feedForward.down.output,
      },
      weightNorm: Math.sqrt(weight.reduce((sum, value) => sum + value * value, 0)),
    };
  });
  const upTo = statesGraph(patched.value.graph, sites.flatMap(statesOf));
  let opened: Promise<Result<OfflineSession>> | undefined;
  return ok({
    sites,
    bare: lowered,
    run: async (rows, layers, patches) => {
      opened ??= openOfflineSession(upTo, { threads: EDITING_THREADS });
      const session = await opened;
      if (!session.ok) return session;
      const asked = sites.filter(({ layer }) => layers.includes(layer));
      const results = await session.value.run(
        { ...batchFeeds(model, rows), ...patchFeeds(hooks, patches) },
        asked.flatMap(({ tensors }) => Object.values(tensors)),
      );
      const floats = (name: string) => results[name]!.data as Float32Array;
      return ok(
        new Map(
          asked.map(({ layer, tensors }) => [
            layer,
            { keys: floats(tensors.key), outputs: floats(tensors.output), states: floats(tensors.block) },
          ]),
        ),
      );
    },
  });
};
