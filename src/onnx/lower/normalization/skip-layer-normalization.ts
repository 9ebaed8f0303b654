import { floatAttribute } from "../../node-attributes.ts";
import { inputAt, type Lowering } from "../lowering.ts";
import { RESIDUAL_SUM, refusesStatistics, residualSum } from "./residual-sum.ts";
import { layerNorm } from "./root-mean-square.ts";

/** ε where a node does not say. */
const EPSILON = 1e-12;

/** A residual sum and the layer norm that reads it: norm(input + bias + skip). */
export const skipLayerNormalization: Lowering = {
  op: "SkipLayerNormalization",
  domain: "com.microsoft",
  since: 1,
  exposes: RESIDUAL_SUM,
  refuses: refusesStatistics,
  lower: (fused, emit) => {
    const { node } = fused;
    const sum = residualSum(emit, fused, inputAt(node, 4));
    const affine = { gain: node.inputs[2]!, offset: inputAt(node, 3) };
    layerNorm(emit, sum, affine, floatAttribute(node, "epsilon", EPSILON), node.outputs[0]!);
  },
};
