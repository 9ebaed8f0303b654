import type { Problem } from "../../core/problem.ts";
import { fail, type Result } from "../../core/result.ts";

/** Settings that say how long to optimise. */
interface Patience {
  readonly steps: number;
  readonly "loss-target": number;
}

/** Settings of another attempt, where the target does not hold in free-running decoding at the first. */
export const harder = <Settings extends Patience>(settings: Settings): Settings => ({
  ...settings,
  steps: 2 * settings.steps,
  "loss-target": settings["loss-target"] / 4,
});

/** What is tried, and how to tell whether it holds. */
export interface Attempts<Settings, Made, Missed> {
  /** The settings of each attempt, the first's first. */
  readonly settings: readonly Settings[];
  readonly make: (settings: Settings, attempt: number) => Promise<Result<Made>>;
  /** What `made` does not get right and should at this attempt; null where it holds. */
  readonly missed: (made: Made, attempt: number) => Promise<Result<Missed | null>>;
  /** What to say of the last attempt where it does not hold either. */
  readonly fault: (made: Made, missed: Missed) => Problem;
}

/** What the first attempt that holds makes. Errors: those of `make` and `missed`; the fault of the last attempt. */
export const firstThatHolds = async <Settings, Made, Missed>({
  settings,
  make,
  missed,
  fault,
}: Attempts<Settings, Made, Missed>): Promise<Result<Made>> => {
  for (const [attempt, tried] of settings.entries()) {
    const made = await make(tried, attempt);
    if (!made.ok) return made;
    const left = await missed(made.value, attempt);
    if (!left.ok) return left;
    if (left.value === null) return made;
    if (attempt === settings.length - 1) return fail(fault(made.value, left.value));
  }
  throw new Error("the last attempt returns");
};
