import { inputAt, type Lowering, refusesNothing } from "../lowering.ts";
import { tanhGelu } from "./gelu-forms.ts";

/** GELU by its tanh approximation, of x or of x plus a bias. */
export const fastGelu: Lowering = {
  op: "FastGelu",
  domain: "com.microsoft",
  since: 1,
  refuses: refusesNothing,
  lower: ({ node }, emit) => {
    const bias = inputAt(node, 1);
    const x = node.inputs[0]!;
    tanhGelu(emit, bias === undefined ? x : emit.add(x, bias, emit.inner("biased")), node.outputs[0]!);
  },
};
