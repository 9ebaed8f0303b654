import type { ProblemCode } from "../../core/problem.ts";
import type { Result } from "../../core/result.ts";

const TOO_LONG: ReadonlySet<ProblemCode> = new Set(["prompt_too_long", "target_too_long"]);

/**
 * Whether a question failed because the model's context is too small for it. Such a question measures nothing, and
 * is left out.
 */
export const doesNotFit = (asked: Result<unknown>): boolean => !asked.ok && TOO_LONG.has(asked.problem.code);
