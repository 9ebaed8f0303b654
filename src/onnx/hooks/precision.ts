import { elementTypeToProto } from "../element-types.ts";
import type { ElementType, Graph } from "../graph.ts";
import type { GraphBuilder } from "../graph-builder.ts";
import { GraphIndex } from "../graph-index.ts";
import { elementTypeOf } from "../infer/element-type.ts";

/** The float type of a tensor that a hook reads or replaces; patches themselves are always float32. */
export const floatTypeOf = (graph: Graph, tensor: string): ElementType =>
  elementTypeOf(new GraphIndex(graph), tensor) ?? "float32";

/** `tensor`, of type `from`, as type `to`; no operation where they agree. */
export const converted = (
  builder: GraphBuilder,
  tensor: string,
  from: ElementType,
  to: ElementType,
): string => (from === to ? tensor : builder.op("Cast", [tensor], { to: elementTypeToProto(to) }));
