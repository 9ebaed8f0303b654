import type { LoweringEmitter } from "../lowering-emitter.ts";

/** Last opset without Gelu. */
const LAST_WITHOUT_GELU = 19;

/** Whether the graph's operator set has Gelu. */
const hasGelu = (emit: LoweringEmitter): boolean => emit.opset > LAST_WITHOUT_GELU;

/** 0.5 x (1 + `bounded`). */
const halfGate = (emit: LoweringEmitter, x: string, bounded: string, output: string): string =>
  emit.multiply(emit.scale(x, 0.5), emit.add(bounded, emit.floats([1])), output);

/** gelu(x) ≈ 0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³))), written as `output`. */
export const tanhGelu = (emit: LoweringEmitter, x: string, output: string): string => {
  if (hasGelu(emit)) return emit.op("Gelu", [x], { approximate: "tanh" }, output);
  const cube = emit.op("Pow", [x, emit.floats([3])]);
  const inner = emit.scale(emit.add(x, emit.scale(cube, 0.044715)), Math.sqrt(2 / Math.PI));
  return halfGate(emit, x, emit.op("Tanh", [inner]), output);
};

/** gelu(x) = 0.5 x (1 + erf(x/√2)), written as `output`. */
export const exactGelu = (emit: LoweringEmitter, x: string, output: string): string =>
  hasGelu(emit)
    ? emit.op("Gelu", [x], {}, output)
    : halfGate(emit, x, emit.op("Erf", [emit.scale(x, Math.SQRT1_2)]), output);
