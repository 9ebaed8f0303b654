import { floatAttribute } from "../../node-attributes.ts";
import { type Lowering, refusesNothing } from "../lowering.ts";

/** α where a node does not say. */
const ALPHA = 1.702;

/** x · sigmoid(αx): the sigmoid approximation of GELU; with α = 1 it is what onnxruntime makes of SiLU. */
export const quickGelu: Lowering = {
  op: "QuickGelu",
  domain: "com.microsoft",
  since: 1,
  refuses: refusesNothing,
  lower: ({ node }, emit) => {
    const [x] = node.inputs as [string];
    const gate = emit.op("Sigmoid", [emit.scale(x, floatAttribute(node, "alpha", ALPHA))]);
    emit.multiply(x, gate, node.outputs[0]!);
  },
};
