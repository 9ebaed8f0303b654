import { float } from "../../graph-builder.ts";
import type { LoweringEmitter } from "../lowering-emitter.ts";

/** ε of the norms where a node does not say. */
export const DEFAULT_EPSILON = 1e-5;

/** x / √(mean(x²) + ε) · gain over the last axis, written as `output`. */
export const rootMeanSquareNorm = (
  emit: LoweringEmitter,
  x: string,
  gain: string,
  epsilon: number,
  output: string,
): string => {
  const mean = emit.mean(emit.op("Pow", [x, emit.floats([2])]), [-1]);
  const root = emit.op("Sqrt", [emit.add(mean, emit.floats([epsilon]))]);
  return emit.multiply(emit.op("Div", [x, root]), gain, output);
};

/** The layer norm of x over the last axis, written as `output`. */
export const layerNorm = (
  emit: LoweringEmitter,
  x: string,
  { gain, offset }: { readonly gain: string; readonly offset: string | undefined },
  epsilon: number,
  output: string,
): string =>
  emit.op(
    "LayerNormalization",
    offset === undefined ? [x, gain] : [x, gain, offset],
    { axis: -1, epsilon: float(epsilon) },
    output,
  );
