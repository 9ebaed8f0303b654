/**
 * At which positions states are gathered: `all` tokens, as ROME has it; `last-prompt`, the token after which the
 * answer begins; `answer`, every position that predicts a token of the answer or its end, the last prompt token
 * included.
 */
export const STATE_POSITIONS = ["all", "last-prompt", "answer"] as const;

/** One of `STATE_POSITIONS`. */
export type StatePositions = (typeof STATE_POSITIONS)[number];

/** A sequence of tokens, the first `promptLength` of which are the prompt. */
export interface StateSequence {
  readonly ids: readonly number[];
  readonly promptLength: number;
}

/** The positions of one sequence that `positions` means, ascending. */
export const positionsIn = (
  { ids, promptLength }: StateSequence,
  positions: StatePositions,
): readonly number[] => {
  const first = positions === "all" ? 0 : promptLength - 1;
  const end = positions === "last-prompt" ? promptLength : ids.length;
  return Array.from({ length: end - first }, (_, offset) => first + offset);
};
