import type { Terminal } from "./context.ts";

/** A step of a long command: `done` of `total` units of `stage`. */
export interface ProgressStep {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
}

/** Tells people on standard error how far a command is. */
export interface Progress {
  /** Shows a step: on a terminal the line is overwritten, elsewhere each stage's begin and end is a line. */
  readonly step: (step: ProgressStep) => void;
  /** Prints a line that stays. */
  readonly note: (line: string) => void;
  /** Ends an open line; to be called when the work is over, however it ended. */
  readonly end: () => void;
}

const CLEAR_LINE = "\r\u001b[2K";

/** Makes the progress display of one command. */
export const createProgress = (terminal: Terminal): Progress => {
  let open = false;
  let stageShown = "";
  const end = () => {
    if (open) terminal.writeError(CLEAR_LINE);
    open = false;
  };
  return {
    step: ({ stage, done, total }) => {
      const line = `${stage} ${done}/${total}`;
      if (terminal.live) {
        terminal.writeError(`${CLEAR_LINE}${line}`);
        open = true;
      } else if (stage !== stageShown || done === total) terminal.writeError(`${line}\n`);
      stageShown = stage;
    },
    note: (line) => {
      end();
      terminal.writeError(`${line}\n`);
    },
    end,
  };
};
