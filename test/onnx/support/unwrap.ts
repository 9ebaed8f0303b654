import type { Result } from "../../../src/core/result.ts";

/** The value of a result that must be a success; its problem's message fails the test. */
export const unwrap = <Value>(result: Result<Value>): Value => {
  if (!result.ok) throw new Error(`${result.problem.code}: ${result.problem.message}`);
  return result.value;
};
