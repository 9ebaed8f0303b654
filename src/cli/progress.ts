import type { Terminal } from "./context.ts";
import { createEstimate } from "./time-left.ts";

/** A step of a long command: `done` of `total` units of `stage`. */
export interface ProgressStep {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
}

/** Tells people on standard error how far a command is. */
export interface Progress {
  /**
   * Shows a step and how long its stage will still take: on a terminal the line is overwritten, elsewhere each stage's
   * first and last step is a line, and one every few seconds between.
   */
  readonly step: (step: ProgressStep) => void;
  /** Shows a line of many: on a terminal it is overwritten, elsewhere one every few seconds is printed. */
  readonly line: (line: string) => void;
  /** Prints a line that stays. */
  readonly note: (line: string) => void;
  /** Ends an open line; to be called when the work is over, however it ended. */
  readonly end: () => void;
}

const CLEAR_LINE = "\r\u001b[2K";

/** Where nothing is overwritten, lines of one stage come at least this many milliseconds apart, but for its last. */
const LOG_INTERVAL = 5000;

/** Makes the progress display of one command. `now` is a clock in milliseconds. */
export const createProgress = (terminal: Terminal, now: () => number = () => performance.now()): Progress => {
  const estimate = createEstimate(now);
  let open = false;
  let stageShown = "";
  let logged = Number.NEGATIVE_INFINITY;
  const end = () => {
    if (open) terminal.writeError(CLEAR_LINE);
    open = false;
  };
  const show = (line: string, needed: boolean) => {
    if (terminal.live) {
      terminal.writeError(`${CLEAR_LINE}${line}`);
      open = true;
    } else if (needed || now() - logged >= LOG_INTERVAL) {
      terminal.writeError(`${line}\n`);
      logged = now();
    }
  };
  return {
    step: (step) => {
      const { stage, done, total } = step;
      show(`${stage} ${done}/${total}${estimate(step)}`, stage !== stageShown || done === total);
      stageShown = stage;
    },
    line: (line) => show(line, false),
    note: (line) => {
      end();
      terminal.writeError(`${line}\n`);
    },
    end,
  };
};
