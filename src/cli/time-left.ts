import type { ProgressStep } from "../workshop/workshop-context.ts";

const SECONDS_PER_MINUTE = 60;
const MILLISECONDS_PER_SECOND = 1000;

/** Milliseconds that an estimate looks back: steps taken up from an interrupted run, done at once, are soon forgotten. */
const LOOKED_BACK = 30_000;

/** Steps that it looks back at least, however long they take. */
const STEPS_LOOKED_BACK = 10;

const inWords = (seconds: number): string => {
  const whole = Math.ceil(seconds);
  if (whole < SECONDS_PER_MINUTE) return `${whole} s left`;
  return `${Math.floor(whole / SECONDS_PER_MINUTE)} min ${whole % SECONDS_PER_MINUTE} s left`;
};

/**
 * Says of each step, as `, 10 s left`, how long its stage will still take, going by the stage's latest steps; nothing
 * at its first and its last. `now` is a clock in milliseconds.
 */
export const createEstimate = (now: () => number): ((step: ProgressStep) => string) => {
  let current = "";
  let steps: { readonly at: number; readonly done: number }[] = [];
  return ({ stage, done, total }) => {
    if (stage !== current) steps = [];
    current = stage;
    const last = { at: now(), done };
    steps.push(last);
    while (steps.length > STEPS_LOOKED_BACK && steps[0]!.at < last.at - LOOKED_BACK) steps.shift();
    const taken = done - steps[0]!.done;
    if (taken <= 0 || done >= total) return "";
    const perStep = (last.at - steps[0]!.at) / MILLISECONDS_PER_SECOND / taken;
    return `, ${inWords(perStep * (total - done))}`;
  };
};
