import type { Graph, ValueInfo } from "./graph.ts";
import { GraphIndex } from "./graph-index.ts";
import { elementTypeOf } from "./infer/element-type.ts";
import { revealTensors } from "./lower/reveal-tensors.ts";
import { graphUpTo } from "./surgery/graph-up-to.ts";

/**
 * A copy of `graph`, served with its fused nodes, that computes `states`, tensors of its lowered form, and nothing else.
 * Their element types are the graph's own.
 */
export const statesGraph = (graph: Graph, states: readonly ValueInfo[]): Graph => {
  const revealed = revealTensors(graph, { read: states.map(({ name }) => name), replaced: [] });
  const index = new GraphIndex(revealed);
  return graphUpTo(
    revealed,
    states.map((state) => ({ ...state, type: elementTypeOf(index, state.name) ?? state.type })),
  );
};
