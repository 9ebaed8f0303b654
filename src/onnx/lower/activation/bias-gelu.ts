import { type Lowering, refusesNothing } from "../lowering.ts";
import { exactGelu } from "./gelu-forms.ts";

/** Exact GELU of x plus a bias. */
export const biasGelu: Lowering = {
  op: "BiasGelu",
  domain: "com.microsoft",
  since: 1,
  refuses: refusesNothing,
  lower: ({ node }, emit) => {
    const [x, bias] = node.inputs as [string, string];
    exactGelu(emit, emit.add(x, bias, emit.inner("biased")), node.outputs[0]!);
  },
};
