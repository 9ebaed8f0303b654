import type { LoweringEmitter } from "../lowering-emitter.ts";

/** How a head is rotated. */
export interface Rotation {
  /** Elements of a head, and how many of them, from the first on, are rotated. */
  readonly width: number;
  readonly rotated: number;
  /** Whether pairs are neighbours (x0, x1), not halves (x0, x_{r/2}). */
  readonly interleaved: boolean;
}

interface Halves {
  readonly first: string;
  readonly second: string;
}

const halvesOf = (emit: LoweringEmitter, x: string, { rotated, interleaved }: Rotation): Halves => {
  if (interleaved) return { first: emit.slice(x, 3, 0, rotated, 2), second: emit.slice(x, 3, 1, rotated, 2) };
  const [first, second] = emit.split(x, [rotated / 2, rotated / 2], 3) as [string, string];
  return { first, second };
};

const joinHalves = (emit: LoweringEmitter, { first, second }: Halves, { rotated, interleaved }: Rotation) => {
  if (!interleaved) return emit.concat([first, second], 3);
  const pairs = emit.concat([emit.unsqueeze(first, [4]), emit.unsqueeze(second, [4])], 4);
  return emit.op("Reshape", [pairs, emit.ints([0, 0, 0, rotated])]);
};

/**
 * Rotary positions (RoFormer, arXiv 2104.09864): each pair (a, b) of a head becomes (a cos − b sin, a sin + b cos).
 * `x` is [B, heads, S, width], `cos` and `sin` are [.., 1, S, rotated / 2] or what broadcasts to it.
 */
export const rotate = (
  emit: LoweringEmitter,
  x: string,
  { cos, sin }: { readonly cos: string; readonly sin: string },
  rotation: Rotation,
): string => {
  const { width, rotated } = rotation;
  const parts = rotated < width ? emit.split(x, [rotated, width - rotated], 3) : [x];
  const { first, second } = halvesOf(emit, parts[0]!, rotation);
  const real = emit.op("Sub", [emit.multiply(first, cos), emit.multiply(second, sin)]);
  const imaginary = emit.add(emit.multiply(first, sin), emit.multiply(second, cos));
  const turned = joinHalves(emit, { first: real, second: imaginary }, rotation);
  return parts.length > 1 ? emit.concat([turned, parts[1]!], 3) : turned;
};

/** Rows of the tables [positions, rotated / 2] at `positions` [B, S], as [B, 1, S, rotated / 2]. */
export const tableRows = (
  emit: LoweringEmitter,
  tables: { readonly cos: string; readonly sin: string },
  positions: string,
): { cos: string; sin: string } => ({
  cos: emit.unsqueeze(emit.op("Gather", [tables.cos, positions], { axis: 0 }), [1]),
  sin: emit.unsqueeze(emit.op("Gather", [tables.sin, positions], { axis: 0 }), [1]),
});
