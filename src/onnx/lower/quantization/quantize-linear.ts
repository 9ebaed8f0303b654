import { type Lowering, refusesNothing } from "../lowering.ts";

/** Rounding of an activation: the float that it was, which DequantizeLinear then hands on. */
export const quantizeLinear: Lowering = {
  op: "QuantizeLinear",
  domain: "",
  since: 10,
  refuses: refusesNothing,
  lower: ({ node }, emit) => void emit.op("Identity", [node.inputs[0]!], {}, node.outputs[0]!),
};
