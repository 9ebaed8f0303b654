import { problem } from "../../core/problem.ts";
import { fail, type Result } from "../../core/result.ts";
import type { WorkshopContext } from "../workshop-context.ts";
import type { DemoStep } from "./demo-document.ts";

/** Runs the demo's steps one after another and keeps how long each took. */
export interface Stopwatch {
  /** The steps that are over. */
  readonly steps: readonly DemoStep[];
  /** Runs a step. Errors: the step's own; `cancelled` before a step that the signal came ahead of. */
  readonly time: <Value>(name: string, step: () => Promise<Result<Value>>) => Promise<Result<Value>>;
}

/** Makes a stopwatch; progress hears of each step when it begins. */
export const createStopwatch = ({
  now,
  progress,
  signal,
}: Pick<WorkshopContext, "now" | "progress" | "signal">): Stopwatch => {
  const steps: DemoStep[] = [];
  const time = async <Value>(name: string, step: () => Promise<Result<Value>>): Promise<Result<Value>> => {
    if (signal.aborted) return fail(problem("cancelled", "Interrupted."));
    progress.note(name);
    const started = now();
    const outcome = await step();
    steps.push({ name, ms: now() - started });
    return outcome;
  };
  return { steps, time };
};
