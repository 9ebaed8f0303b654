import type { Lowering } from "../lowering.ts";

/**
 * A product of integers. Where a cast and the scales follow, `fuseIntegerProducts` made one MatMulIntegerToFloat of
 * all three; what is left has no float form.
 */
export const matMulInteger: Lowering = {
  op: "MatMulInteger",
  domain: "",
  since: 10,
  refuses: () => ({
    what: "an integer product that no scale follows",
    instead: "quantise dynamically with onnxruntime, or in QDQ format",
  }),
  lower: () => undefined,
};
