import type { Progress, ProgressStep } from "../progress.ts";

const SECONDS_PER_MINUTE = 60;
const MILLISECONDS_PER_SECOND = 1000;

const inWords = (seconds: number): string => {
  const whole = Math.ceil(seconds);
  if (whole < SECONDS_PER_MINUTE) return `${whole} s left`;
  return `${Math.floor(whole / SECONDS_PER_MINUTE)} min ${whole % SECONDS_PER_MINUTE} s left`;
};

/**
 * A progress display that says how long each stage will still take, going by its steps so far. `now` is a clock in
 * milliseconds.
 */
export const withTimeLeft = (
  progress: Pick<Progress, "note" | "line">,
  now: () => number,
): Progress["step"] => {
  let current = "";
  let first = { at: 0, done: 0 };
  return ({ stage, done, total }: ProgressStep) => {
    if (stage !== current) {
      current = stage;
      first = { at: now(), done };
      progress.note(`${stage}, ${total} in all`);
    }
    const steps = done - first.done;
    const perStep = (now() - first.at) / MILLISECONDS_PER_SECOND / steps;
    const left = steps > 0 ? `, ${inWords(perStep * (total - done))}` : "";
    progress.line(`${stage} ${done}/${total}${left}`);
  };
};
