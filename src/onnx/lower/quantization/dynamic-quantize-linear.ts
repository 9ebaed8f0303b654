import { type Lowering, outputAt, refusesNothing } from "../lowering.ts";

/** Rounding of an activation by its own range: the float that it was, with scale 1 and zero point 0. */
export const dynamicQuantizeLinear: Lowering = {
  op: "DynamicQuantizeLinear",
  domain: "",
  since: 11,
  refuses: refusesNothing,
  lower: ({ node }, emit) => {
    const [scale, zeroPoint] = [outputAt(node, 1), outputAt(node, 2)];
    emit.op("Identity", [node.inputs[0]!], {}, node.outputs[0]!);
    if (scale !== undefined) emit.op("Identity", [emit.floats([1])], {}, scale);
    if (zeroPoint !== undefined)
      emit.op(
        "Identity",
        [emit.constant({ type: "uint8", shape: [], bytes: new Uint8Array(1) })],
        {},
        zeroPoint,
      );
  },
};
