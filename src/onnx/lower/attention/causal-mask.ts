import type { LoweringEmitter } from "../lowering-emitter.ts";

/** Lengths of a run, int64 scalars: tokens in the cache, tokens given, and both. */
export interface RunLengths {
  readonly past: string;
  readonly given: string;
  readonly total: string;
}

/** The lengths of a run over `given` tokens behind `past` others; undefined where there is no cache. */
export const runLengths = (emit: LoweringEmitter, given: string, past: string | undefined): RunLengths => {
  if (past === undefined) return { past: emit.int(0), given, total: given };
  return { past, given, total: emit.add(past, given) };
};

/** The positions of the tokens given, int64 [S]. */
export const givenPositions = (emit: LoweringEmitter, { past, total }: RunLengths): string =>
  emit.range(past, total);

/** Bool [S, T]: keys that are not after the query's own position. */
export const causalMask = (emit: LoweringEmitter, lengths: RunLengths): string => {
  const queries = emit.unsqueeze(givenPositions(emit, lengths), [1]);
  return emit.op("LessOrEqual", [emit.range(emit.int(0), lengths.total), queries]);
};

/** Bool [S, T]: keys that are among the `window` last, the query's own position included. */
export const windowMask = (emit: LoweringEmitter, lengths: RunLengths, window: number): string => {
  const queries = emit.unsqueeze(givenPositions(emit, lengths), [1]);
  const oldest = emit.op("Sub", [queries, emit.int(window)]);
  return emit.op("Greater", [emit.range(emit.int(0), lengths.total), oldest]);
};

/** Bool [B, 1, 1, T]: keys before the length of their sequence; `ends` is int64 [B]. */
export const lengthMask = (emit: LoweringEmitter, lengths: RunLengths, ends: string): string =>
  emit.op("Less", [emit.range(emit.int(0), lengths.total), emit.reshape(ends, [-1, 1, 1, 1])]);
