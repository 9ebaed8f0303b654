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

/** Everything a command may touch besides its own arguments; `main.ts` wires it to the process. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Relative paths that people give start here. */
  readonly workingDirectory: string;
  /** Root of the project: `.dev.vars`, `models/` and `.errata/` lie in it. */
  readonly projectDirectory: string;
  readonly fetch: typeof fetch;
  /** The most memory that the process has held so far, in bytes. */
  readonly peakMemory: () => number;
  /** How much memory the process may still take, in bytes. */
  readonly availableMemory: () => number;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
}
