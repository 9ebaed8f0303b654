import { addGradients } from "../../../src/onnx/autodiff/gradient-graph.ts";
import { traceValues } from "../../../src/onnx/autodiff/trace-values.ts";
import { findDecoder } from "../../../src/onnx/find-decoder.ts";
import type { Graph } from "../../../src/onnx/graph.ts";
import {
  floatTensor,
  integerTensor,
  type OfflineTensor,
  openOfflineSession,
} from "../../../src/onnx/offline-session.ts";
import type { DecoderStructure } from "../../../src/onnx/structure/decoder-structure.ts";
import { addTargetLoss } from "../../../src/onnx/surgery/target-loss.ts";
import { emptyCache, tokenFeeds } from "../support/run-decoder.ts";
import { unwrap } from "../support/unwrap.ts";

type Tensors = Readonly<Record<string, OfflineTensor>>;

/** Loss and gradients of one graph, ready to be evaluated again and again. */
export interface EditingLoss {
  /** Evaluates with `feeds` beside the tokens: the loss, and the gradient of each tensor differentiated by. */
  evaluate(feeds?: Tensors): Promise<{ loss: number; gradients: ReadonlyMap<string, OfflineTensor> }>;
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
  extra: Tensors = {},
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
  const traced = unwrap(await traceValues(withLoss.graph, feeds));
  const differentiated = unwrap(addGradients(withLoss.graph, traced, withLoss.loss, withRespectTo));
  const session = unwrap(await openOfflineSession(differentiated.graph));
  return {
    async evaluate(changed = {}) {
      const outputs = await session.run({ ...feeds, ...changed });
      return {
        loss: (outputs[withLoss.loss]!.data as Float32Array)[0]!,
        gradients: new Map(
          withRespectTo.map((name) => [name, outputs[differentiated.gradients.get(name)!]!]),
        ),
      };
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
