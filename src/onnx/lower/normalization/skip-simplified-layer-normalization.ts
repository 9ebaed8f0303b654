import { float } from "../../graph-builder.ts";
import { floatAttribute } from "../../node-attributes.ts";
import { inputAt, type Lowering } from "../lowering.ts";
import { RESIDUAL_SUM, refusesStatistics, residualSum } from "./residual-sum.ts";

/** ε where a node does not say. */
const EPSILON = 1e-12;

/** A residual sum and the root-mean-square norm that reads it: norm(input + bias + skip). */
export const skipSimplifiedLayerNormalization: Lowering = {
  op: "SkipSimplifiedLayerNormalization",
  domain: "com.microsoft",
  since: 1,
  exposes: RESIDUAL_SUM,
  refuses: refusesStatistics,
  lower: (fused, emit) => {
    const { node } = fused;
    const sum = residualSum(emit, fused, inputAt(node, 3));
    const epsilon = float(floatAttribute(node, "epsilon", EPSILON));
    emit.op("SimplifiedLayerNormalization", [sum, node.inputs[2]!], { axis: -1, epsilon }, node.outputs[0]!);
  },
};
