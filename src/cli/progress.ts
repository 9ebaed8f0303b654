import type { Terminal } from "./context.ts";

/** A step of a long command: `done` of `total` units of `stage`. */
export interface ProgressStep {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
}

/** Tells people on standard error how far a command is. */
export interface Progress {
  /** Shows a step: on a terminal the line is overwritten, elsewhere each stage's first and last step is a line. */
  readonly step: (step: ProgressStep) => void;
  /** Shows a line of many: on a terminal it is overwritten, elsewhere every hundredth is printed. */
  readonly line: (line: string) => void;
  /** Prints a line that stays. */
  readonly note: (line: string) => void;
  /** Ends an open line; to be called when the work is over, however it ended. */
  readonly end: () => void;
}

const CLEAR_LINE = "\r\u001b[2K";
/** Where nothing is overwritten, a log of some hundred lines is enough for the longest training run. */
const LINES_PER_LOG_LINE = 100;

/** Makes the progress display of one command. */
export const createProgress = (terminal: Terminal): Progress => {
  let open = false;
  let lines = 0;
  let stageShown = "";
  const end = () => {
    if (open) terminal.writeError(CLEAR_LINE);
    open = false;
  };
  const show = (line: string, permanent: boolean) => {
    if (terminal.live) {
      terminal.writeError(`${CLEAR_LINE}${line}`);
      open = true;
    } else if (permanent) terminal.writeError(`${line}\n`);
  };
  return {
    step: ({ stage, done, total }) => {
      show(`${stage} ${done}/${total}`, stage !== stageShown || done === total);
      stageShown = stage;
    },
    line: (line) => show(line, lines++ % LINES_PER_LOG_LINE === 0),
    note: (line) => {
      end();
      terminal.writeError(`${line}\n`);
    },
    end,
  };
};
