import { type GraphIndex, SAME_ELEMENTS, SAME_VALUE } from "../graph-index.ts";
import type { Norm } from "./decoder-structure.ts";
import { type LinearMatch, matchLinear } from "./linear.ts";
import { matchNorm } from "./norm.ts";

/** What a block adds to the residual stream: a linear layer's output, as it is, or multiplied or normed. */
export interface Branch {
  readonly linear: LinearMatch;
  /** Whether the linear layer's output is added as it is. */
  readonly direct: boolean;
}

/** A tensor, and what it is multiplied with or divided by. */
interface Scaled {
  readonly tensor: string;
  readonly op: "Mul" | "Div";
  readonly by: number;
}

/** Splits off a multiplication or division by a constant number; undefined where there is none. */
export const unscaled = (index: GraphIndex, tensor: string): Scaled | undefined => {
  const node = index.producer(index.peel(tensor, SAME_VALUE));
  if (node?.op !== "Mul" && node?.op !== "Div") return undefined;
  const [first, second] = node.inputs as [string, string];
  const right = index.scalar(second);
  if (right !== undefined) return { tensor: first, op: node.op, by: right };
  const left = node.op === "Mul" ? index.scalar(first) : undefined;
  return left === undefined ? undefined : { tensor: second, op: node.op, by: left };
};

/** The branch that ends in `operand`, one of a residual sum's. */
export const matchBranch = (index: GraphIndex, operand: string): Branch | undefined => {
  const linear = matchLinear(index, operand);
  if (linear) return { linear, direct: true };
  const inner = unscaled(index, operand)?.tensor ?? matchNorm(index, index.peel(operand, SAME_VALUE))?.input;
  const branch = inner === undefined ? undefined : matchBranch(index, index.peel(inner, SAME_VALUE));
  return branch && { ...branch, direct: false };
};

/** What a branch's first layers read: the stream through a norm, or as it is. */
export interface BranchInput {
  readonly norm: Norm | null;
  /** The residual stream. */
  readonly stream: string;
}

/** The stream behind `tensor`, which enters a branch's first layers. */
export const matchBranchInput = (index: GraphIndex, tensor: string): BranchInput => {
  const norm = matchNorm(index, index.peel(tensor, SAME_ELEMENTS)) ?? null;
  return { norm, stream: norm?.input ?? index.peel(tensor, SAME_VALUE) };
};
