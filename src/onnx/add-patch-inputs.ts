import type { Hook } from "../core/model/prepared-model.ts";
import { problem } from "../core/problem.ts";
import { fail, ok, type Result } from "../core/result.ts";
import { cloneGraph, type Graph } from "./graph.ts";
import { addCodebookHook } from "./hooks/codebook-hook.ts";
import { exposeState } from "./hooks/expose-state.ts";
import { findImpossibleHook, type HookSelection } from "./hooks/hook-selection.ts";
import { addLowRankHook } from "./hooks/low-rank-hook.ts";
import { addNeuronsHook } from "./hooks/neurons-hook.ts";
import { PATCH_PREFIX } from "./remove-patch-inputs.ts";
import type { DecoderStructure } from "./structure/decoder-structure.ts";

/** Oldest standard opset whose operations the hooks use. */
const OLDEST_OPSET = 13;

/** A graph with patch inputs, the same without, and what each of its hooks is called. */
export interface InstrumentedGraph {
  readonly graph: Graph;
  /** The graph as it was, with the states that patches are compared with as outputs: all that runs without a patch need. */
  readonly plain: Graph;
  readonly hooks: readonly Hook[];
}

const findUnfit = (graph: Graph): string | undefined => {
  const opset = graph.opsets.get("") ?? 0;
  if (opset < OLDEST_OPSET)
    return `The graph imports opset ${opset}; patch inputs need ${OLDEST_OPSET} or later. Export it again.`;
  return graph.inputs.some(({ name }) => name.startsWith(PATCH_PREFIX))
    ? "The graph already has patch inputs; start from the graph as it was exported."
    : undefined;
};

/**
 * A copy of `graph` with the inputs and outputs of the hooks selected. With every patch absent (one zero row, nothing
 * injected) the logits are those of the plain graph. Fails with
 * `unsupported_graph` on a graph that cannot carry hooks and `unsupported_value` on a selection that does not fit it.
 */
export const addPatchInputs = (
  graph: Graph,
  structure: DecoderStructure,
  selection: HookSelection,
): Result<InstrumentedGraph> => {
  const unfit = findUnfit(graph);
  if (unfit) return fail(problem("unsupported_graph", unfit));
  const impossible = findImpossibleHook(structure, selection);
  if (impossible) return fail(impossible);
  const { blocks, dims, io } = structure;
  const shape = [...graph.inputs.find(({ name }) => name === io.inputIds)!.shape, dims.width];
  const copy = cloneGraph(graph);
  // Neurons first: what is inserted later at a shared tensor comes in front, and they add to the patched layer.
  const neurons = selection.neurons.map((layer) => {
    const { feedForward } = blocks[layer]!;
    const activation = selection.neuronActivation === "model" ? feedForward.activation : "relu";
    return addNeuronsHook(copy, feedForward, layer, activation, shape);
  });
  const lowRank = selection.lowRank.map(({ layer, site }) =>
    addLowRankHook(copy, blocks[layer]!.feedForward[site]!, layer, site),
  );
  const codebooks = selection.codebook.map((layer) =>
    addCodebookHook(copy, blocks[layer]!.output, shape, layer),
  );
  const plain = cloneGraph(graph);
  for (const layer of selection.neurons) exposeState(plain, blocks[layer]!.feedForward.input, shape);
  for (const layer of selection.codebook) exposeState(plain, blocks[layer]!.output, shape);
  return ok({ graph: copy, plain, hooks: [...lowRank, ...neurons, ...codebooks] });
};
