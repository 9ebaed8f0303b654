import { LossSession } from "../../../src/onnx/autodiff/loss-session.ts";
import { findDecoder } from "../../../src/onnx/find-decoder.ts";
import type { Graph } from "../../../src/onnx/graph.ts";
import {
  type Feeds,
  floatTensor,
  integerTensor,
  type OfflineTensor,
} from "../../../src/onnx/offline-session.ts";
import type { DecoderStructure } from "../../../src/onnx/structure/decoder-structure.ts";
import { addTargetLoss } from "../../../src/onnx/surgery/target-loss.ts";
import { emptyCache, tokenFeeds } from "../support/run-decoder.ts";
import { unwrap } from "../support/unwrap.ts";

/** Loss and gradients of one graph, ready to be evaluated again and again. */
export interface EditingLoss {
  /** Evaluates with `feeds` beside the tokens: the loss, and the gradient of each tensor differentiated by. */
  evaluate(feeds?: Feeds): Promise<{ loss: number; gradients: ReadonlyMap<string, OfflineTensor> }>;
  release(): Promise<void>;
}

/**
 * Mean −ln p of `target` after `prompt`, and its gradients with respect to `withRespectTo`.
 * `extra` are feeds of inputs that were put into the graph.
 */
export const openEditingLoss = async (
  graph: Graph,
  structure: DecoderStructure,
  prompt: readonly number[],
  target: readonly number[],
  withRespectTo: readonly string[],
  extra: Feeds = {},
): Promise<EditingLoss> => {
  const ids = [...prompt, ...target].slice(0, -1);
  const withLoss = addTargetLoss(graph, structure.io.logits);
  const counted = ids.map((_, place) => (place >= prompt.length - 1 ? 1 : 0));
  const next = [...prompt, ...target].slice(1);
  const feeds = {
    ...tokenFeeds(structure, ids),
    ...emptyCache(structure),
    [withLoss.targets]: integerTensor([1, ids.length], next),
    [withLoss.weights]: floatTensor([1, ids.length], Float32Array.from(counted)),
    ...extra,
  };
  const session = new LossSession({ ...withLoss, by: withRespectTo });
  const opened = unwrap(await session.open(feeds));
  return {
    async evaluate(changed = {}) {
      const { loss, gradients } = await opened.differentiate({ ...feeds, ...changed });
      return { loss, gradients: new Map(Object.entries(gradients)) };
    },
    release: () => session.release(),
  };
};

/** A graph with its structure. */
export const withStructure = (graph: Graph): { graph: Graph; structure: DecoderStructure } => ({
  graph,
  structure: unwrap(findDecoder(graph)),
});

/** Row `position` of a [1, T, d] (or [T, d]) tensor. */
export const rowOf = ({ shape, data }: OfflineTensor, position: number): Float32Array => {
  const width = shape.at(-1)!;
  return (data as Float32Array).slice(position * width, (position + 1) * width);
};
