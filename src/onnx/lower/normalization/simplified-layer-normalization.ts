import { floatAttribute, intAttribute, normalizeAxis } from "../../node-attributes.ts";
import { type FusedNode, type Lowering, outputAt, type Refusal } from "../lowering.ts";
import { DEFAULT_EPSILON, rootMeanSquareNorm } from "./root-mean-square.ts";

/** Refuses norms over more than the last axis. */
export const refusesAxes = ({ node, shapes }: FusedNode): Refusal | undefined => {
  const axis = intAttribute(node, "axis", -1);
  const rank = shapes.rank(node.inputs[0]!);
  const last = axis === -1 || (rank !== undefined && normalizeAxis(axis, rank) === rank - 1);
  if (!last) return { what: "a norm over several axes", instead: "export with norms of the last axis" };
  return outputAt(node, 1) === undefined
    ? undefined
    : { what: "the norm's statistics as an output", instead: "export for inference" };
};

/** The root-mean-square norm that onnxruntime's optimiser and onnxruntime-genai write into the standard domain. */
export const simplifiedLayerNormalization: Lowering = {
  op: "SimplifiedLayerNormalization",
  domain: "",
  since: 1,
  refuses: refusesAxes,
  lower: ({ node }, emit) => {
    const [x, gain] = node.inputs as [string, string];
    rootMeanSquareNorm(emit, x, gain, floatAttribute(node, "epsilon", DEFAULT_EPSILON), node.outputs[0]!);
  },
};
