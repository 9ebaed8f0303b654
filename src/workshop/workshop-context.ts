/** A step of a long piece of work: `done` of `total` units of `stage`. */
export interface ProgressStep {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
}

/** Hears how far a piece of work is. */
export interface Progress {
  /** A step was taken. */
  readonly step: (step: ProgressStep) => void;
  /** A line of many, of which the newest alone matters. */
  readonly line: (line: string) => void;
  /** A line to be kept: a stage that begins, or what people should know before the work is over. */
  readonly note: (line: string) => void;
}

/** Tells nobody. */
export const SILENT: Progress = { step: () => undefined, line: () => undefined, note: () => undefined };

/** Everything that the workshop may touch besides the files that it is told of; whoever calls it wires it. */
export interface WorkshopContext {
  /** Root of the project: `.dev.vars`, `models/` and `.errata/` lie in it. */
  readonly projectDirectory: string;
  /** Relative paths start here. */
  readonly workingDirectory: string;
  /** `ERRATA_URL` and `ERRATA_TOKEN` name the service; local services get all of it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly fetch: typeof fetch;
  /** A clock in milliseconds. */
  readonly now: () => number;
  /** The most memory that the process has held so far, in bytes. */
  readonly peakMemory: () => number;
  /** How much memory the process may still take, in bytes. */
  readonly availableMemory: () => number;
  readonly progress: Progress;
  /** Ends the work early once it is aborted; what was finished is kept where the work says so. */
  readonly signal: AbortSignal;
}
