import { EMPTY_PATCH_SET } from "../../core/patch/patch-set.ts";
import { ok, type Result } from "../../core/result.ts";
import type { Engine } from "../../engine/engine.ts";
import { greedyTokens } from "../running/greedy-answer.ts";

/** A token of a target in whose place the model says another. */
export interface MispredictedToken {
  /** The target's tokens before it. */
  readonly before: readonly number[];
  /** What the model says there. */
  readonly said: number;
  readonly target: number;
}

/**
 * The tokens of `target` that the bare model does not give after `prompt` and the
 * target's tokens before it. Errors: those of the engine's `score`.
 */
export const mispredictedTokens = async (
  engine: Engine,
  prompt: readonly number[],
  target: readonly number[],
): Promise<Result<readonly MispredictedToken[]>> => {
  const { end } = engine.model.specialTokens;
  const score = await engine.score(prompt, target, EMPTY_PATCH_SET);
  if (!score.ok) return score;
  const mispredicted: MispredictedToken[] = [];
  for (const [index, isGreedy] of score.value.greedy.entries()) {
    if (isGreedy) continue;
    const before = target.slice(0, index);
    const [said = end] = await greedyTokens(engine, [...prompt, ...before], 1);
    mispredicted.push({ before, said, target: target[index]! });
  }
  return ok(mispredicted);
};
