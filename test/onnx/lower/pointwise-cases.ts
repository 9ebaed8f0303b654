import type { LoweringCase } from "./lowering-case.ts";

/** Sizes of the cases: two sequences of three tokens, eight channels. */
const [B, S, D] = [2, 3, 8];

const X = { x: [B, S, D] };
const VECTORS = { gain: [D], offset: [D], bias: [D] };
const SUMMED = ["y", "", "", "sum"];

const skip = (name: string, inputs: readonly string[], rest: Partial<LoweringCase> = {}): LoweringCase => ({
  op: "SkipLayerNormalization",
  inputs,
  tensors: { ...X, skip: [B, S, D] },
  constants: VECTORS,
  attributes: { epsilon: 0.00001 },
  ...rest,
  name: `${rest.op ?? "SkipLayerNormalization"} ${name}`,
});

const RMS = { op: "SkipSimplifiedLayerNormalization" };

/** The norms, alone and with the residual sums in front of them. */
export const NORMALIZATION_CASES: readonly LoweringCase[] = [
  skip("of a sum", ["x", "skip", "gain", "offset"]),
  skip("that hands out the sum", ["x", "skip", "gain", "offset"], { outputs: SUMMED }),
  skip("of a sum with a bias", ["x", "skip", "gain", "offset", "bias"], { outputs: SUMMED }),
  skip("without an offset, by its own epsilon", ["x", "skip", "gain"], { attributes: {} }),
  skip("of a sum", ["x", "skip", "gain"], RMS),
  skip("that hands out the sum", ["x", "skip", "gain"], { ...RMS, outputs: SUMMED }),
  skip("of a sum with a bias", ["x", "skip", "gain", "bias"], { ...RMS, outputs: SUMMED }),
  {
    name: "SimplifiedLayerNormalization",
    op: "SimplifiedLayerNormalization",
    domain: "",
    inputs: ["x", "gain"],
    tensors: X,
    constants: VECTORS,
    attributes: { epsilon: 0.001, axis: -1 },
  },
  {
    name: "SimplifiedLayerNormalization before opset 18",
    op: "SimplifiedLayerNormalization",
    domain: "",
    opset: 14,
    inputs: ["x", "gain"],
    tensors: X,
    constants: VECTORS,
    attributes: { axis: 2 },
  },
  {
    name: "RMSNormalization",
    op: "RMSNormalization",
    domain: "",
    opset: 23,
    inputs: ["x", "gain"],
    tensors: X,
    constants: VECTORS,
    attributes: { epsilon: 0.001 },
  },
];

/** The activations. */
export const ACTIVATION_CASES: readonly LoweringCase[] = [
  { name: "FastGelu", op: "FastGelu", inputs: ["x"], tensors: X },
  { name: "FastGelu of a sum", op: "FastGelu", inputs: ["x", "bias"], tensors: X, constants: VECTORS },
  { name: "FastGelu before opset 20", op: "FastGelu", opset: 17, inputs: ["x"], tensors: X },
  { name: "BiasGelu", op: "BiasGelu", inputs: ["x", "bias"], tensors: X, constants: VECTORS },
  {
    name: "BiasGelu before opset 20",
    op: "BiasGelu",
    opset: 17,
    inputs: ["x", "bias"],
    tensors: X,
    constants: VECTORS,
  },
  { name: "Gelu", op: "Gelu", inputs: ["x"], tensors: X },
  { name: "QuickGelu", op: "QuickGelu", inputs: ["x"], tensors: X },
  {
    name: "QuickGelu that is SiLU",
    op: "QuickGelu",
    inputs: ["x"],
    tensors: X,
    attributes: { alpha: { kind: "float", value: 1 } },
  },
];
