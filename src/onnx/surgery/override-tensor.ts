import { ok, type Result } from "../../core/result.ts";
import type { Graph } from "../graph.ts";
import { interceptTensor } from "./intercept-tensor.ts";

/** A graph in which inputs reach into an activation. */
export interface OverriddenGraph {
  readonly graph: Graph;
  /** float32 input, the activation's shape with 1 as the last size: above 0 where `value` takes the place. */
  readonly mask: string;
  /** float32 input of the activation's shape. */
  readonly value: string;
}

/**
 * A copy of `graph` whose readers of the activation `tensor`, of shape `shape` ([1, T, d] in a decoder; a size may be
 * a name), see Where(mask > 0, value, tensor): the input `value` at the masked positions and the activation
 * elsewhere. Where the mask is all 0 the graph computes what it did. The gradient with respect to `value` is the
 * activation's own at masked positions and 0 elsewhere.
 */
export const overrideTensor = (
  graph: Graph,
  tensor: string,
  shape: readonly (number | string)[],
): Result<OverriddenGraph> => {
  const names = { mask: "", value: "" };
  const intercepted = interceptTensor(graph, tensor, (builder) => {
    names.mask = builder.input(builder.fresh(`${tensor}.override_mask`), "float32", [
      ...shape.slice(0, -1),
      1,
    ]);
    names.value = builder.input(builder.fresh(`${tensor}.override_value`), "float32", shape);
    const masked = builder.op("Greater", [names.mask, builder.floats([0])]);
    return builder.op("Where", [masked, names.value, tensor]);
  });
  return intercepted.ok ? ok({ graph: intercepted.value, ...names }) : intercepted;
};
