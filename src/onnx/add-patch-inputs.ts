import type { Hook } from "../core/model/prepared-model.ts";
import { problem } from "../core/problem.ts";
import { fail, ok, type Result } from "../core/result.ts";
import { cloneGraph, type Graph, type ValueInfo } from "./graph.ts";
import { addCodebookHook } from "./hooks/codebook-hook.ts";
import { exposeState } from "./hooks/expose-state.ts";
import { findImpossibleHook, type HookSelection } from "./hooks/hook-selection.ts";
import { addLowRankHook } from "./hooks/low-rank-hook.ts";
import { addNeuronsHook } from "./hooks/neurons-hook.ts";
import { revealTensors, type WantedTensors } from "./lower/reveal-tensors.ts";
import { PATCH_PREFIX } from "./remove-patch-inputs.ts";
import type { DecoderStructure, LinearLayer } from "./structure/decoder-structure.ts";

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

/** `linear`, changed where the graph lets it: at its output where the product is inside of a fused node. */
const reachable = (linear: LinearLayer, graph: Graph): LinearLayer =>
  graph.nodes.some(({ outputs }) => outputs.includes(linear.product))
    ? linear
    : { ...linear, product: linear.output };

/** `structure` with hooks' places that stand between the nodes of `graph`, fused as they may be. */
const reachableIn = (structure: DecoderStructure, graph: Graph): DecoderStructure => ({
  ...structure,
  blocks: structure.blocks.map((block) => {
    const { up, gate, down } = block.feedForward;
    const linears = {
      up: reachable(up, graph),
      gate: gate && reachable(gate, graph),
      down: reachable(down, graph),
    };
    return { ...block, feedForward: { ...block.feedForward, ...linears } };
  }),
});

/** The tensors that hooks read, and those that they put others in the place of. */
const tensorsOf = (
  { blocks }: DecoderStructure,
  { codebook, neurons, lowRank }: HookSelection,
): WantedTensors => {
  const linears = [
    ...neurons.map((layer) => blocks[layer]!.feedForward.down),
    ...lowRank.map(({ layer, site }) => blocks[layer]!.feedForward[site]!),
  ];
  return {
    read: [
      ...linears.flatMap(({ input, output }) => [input, output]),
      ...neurons.map((layer) => blocks[layer]!.feedForward.input),
    ],
    replaced: [...linears.map(({ product }) => product), ...codebook.map((layer) => blocks[layer]!.output)],
  };
};

/** `graph` with the states that patches are compared with as outputs. */
const exposeStates = (
  graph: Graph,
  { blocks }: DecoderStructure,
  { codebook, neurons }: HookSelection,
  shape: ValueInfo["shape"],
): Graph => {
  const states = [
    ...neurons.map((layer) => [`patch.${layer}.neurons.state`, blocks[layer]!.feedForward.input] as const),
    ...codebook.map((layer) => [`patch.${layer}.codebook.query`, blocks[layer]!.output] as const),
  ];
  const read = states.map(([, state]) => state);
  const plain = cloneGraph(revealTensors(graph, { read, replaced: [] }));
  for (const [name, state] of states) exposeState(plain, state, shape, name);
  return plain;
};

/**
 * A copy of `graph` with the inputs and outputs of the hooks selected. With every patch absent (one zero row, nothing
 * injected) the logits are those of the plain graph. Fused nodes stay as they are, but for those that a hook reaches
 * into; where the graph is half-precision, patches act beside it in single precision. Fails with
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
  const reached = reachableIn(structure, graph);
  const { blocks, dims, io } = reached;
  const shape = [...graph.inputs.find(({ name }) => name === io.inputIds)!.shape, dims.width];
  const copy = cloneGraph(revealTensors(graph, tensorsOf(reached, selection)));
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
  const plain = exposeStates(graph, reached, selection, shape);
  return ok({ graph: copy, plain, hooks: [...lowRank, ...neurons, ...codebooks] });
};
