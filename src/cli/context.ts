import type { Progress, WorkshopContext } from "../workshop/workshop-context.ts";
import type { Style } from "./style.ts";

/** Where a command writes and whom it may ask. */
export interface Terminal {
  /** Writes to standard output: the result, and nothing else. */
  readonly write: (text: string) => void;
  /** Writes to standard error: progress, notes and errors. */
  readonly writeError: (text: string) => void;
  /** Whether a person watches standard error, so that a progress line may be overwritten. */
  readonly live: boolean;
  /** Width of standard output; absent where it is no terminal. */
  readonly columns?: number | undefined;
  /** Colours for standard output; plain where it is no terminal. */
  readonly style: Style;
  /** Asks a person one question on standard error; null where nobody is there to answer. */
  readonly askText: ((question: string) => Promise<string | null>) | null;
}

/** Everything a command line may touch besides its own arguments; `main.ts` wires it to the process. */
export interface CommandContext extends Omit<WorkshopContext, "now" | "progress"> {
  readonly terminal: Terminal;
}

/** Progress as a terminal shows it. */
export interface ProgressDisplay extends Progress {
  /** Ends an open line; to be called before anything else is written, and when the work is over, however it ended. */
  readonly end: () => void;
}

/** What a command works with: the workshop's context, whose progress its terminal shows. */
export interface RunningContext extends CommandContext, WorkshopContext {
  readonly progress: ProgressDisplay;
}
