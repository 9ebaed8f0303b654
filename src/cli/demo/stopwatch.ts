import { problem } from "../../core/problem.ts";
import type { Result } from "../../core/result.ts";
import { fail } from "../../core/result.ts";
import type { DemoStep } from "./demo-report.ts";

/** Runs the demo's steps one after another and keeps how long each took. */
export interface Stopwatch {
  /** The steps that are over. */
  readonly steps: readonly DemoStep[];
  /** Runs a step. Errors: the step's own; `cancelled` before a step that the signal came ahead of. */
  readonly time: <Value>(name: string, step: () => Promise<Result<Value>>) => Promise<Result<Value>>;
}

/** Makes a stopwatch; `announce` hears of each step when it begins. */
export const createStopwatch = (signal: AbortSignal, announce: (name: string) => void): Stopwatch => {
  const steps: DemoStep[] = [];
  const time = async <Value>(name: string, step: () => Promise<Result<Value>>): Promise<Result<Value>> => {
    if (signal.aborted) return fail(problem("cancelled", "Interrupted."));
    announce(name);
    const started = performance.now();
    const outcome = await step();
    steps.push({ name, ms: performance.now() - started });
    return outcome;
  };
  return { steps, time };
};
