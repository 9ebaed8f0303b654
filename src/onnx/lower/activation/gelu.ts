import { type Lowering, refusesNothing } from "../lowering.ts";
import { exactGelu } from "./gelu-forms.ts";

/** Exact GELU as onnxruntime's optimiser fuses it in opsets that have none of their own. */
export const gelu: Lowering = {
  op: "Gelu",
  domain: "com.microsoft",
  since: 1,
  refuses: refusesNothing,
  lower: ({ node }, emit) => void exactGelu(emit, node.inputs[0]!, node.outputs[0]!),
};
