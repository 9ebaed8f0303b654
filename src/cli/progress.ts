import type { ProgressDisplay, Terminal } from "./context.ts";
import { createEstimate } from "./time-left.ts";

const CLEAR_LINE = "\r\u001b[2K";

/** Where nothing is overwritten, lines of one stage come at least this many milliseconds apart, but for its last. */
const LOG_INTERVAL = 5000;

/**
 * Makes the progress display of one command, on standard error. On a terminal a step or line is overwritten by the
 * next; elsewhere each stage's first and last step is printed, and one every few seconds between. A step says how long
 * its stage will still take. `now` is a clock in milliseconds.
 */
export const createProgress = (terminal: Terminal, now: () => number): ProgressDisplay => {
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
