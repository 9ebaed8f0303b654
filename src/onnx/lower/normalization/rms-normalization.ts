import { floatAttribute } from "../../node-attributes.ts";
import type { Lowering } from "../lowering.ts";
import { DEFAULT_EPSILON, rootMeanSquareNorm } from "./root-mean-square.ts";
import { refusesAxes } from "./simplified-layer-normalization.ts";

/** The standard root-mean-square norm of opset 23. */
export const rmsNormalization: Lowering = {
  op: "RMSNormalization",
  domain: "",
  since: 23,
  refuses: refusesAxes,
  lower: ({ node }, emit) => {
    const [x, gain] = node.inputs as [string, string];
    rootMeanSquareNorm(emit, x, gain, floatAttribute(node, "epsilon", DEFAULT_EPSILON), node.outputs[0]!);
  },
};
