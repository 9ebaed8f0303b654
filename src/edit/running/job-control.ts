/** How long work tells how far it is, and is told to stop. */
export interface JobControl {
  /** Called as work goes on: `done` of `total` steps of `stage`. */
  readonly onProgress: (progress: {
    readonly stage: string;
    readonly done: number;
    readonly total: number;
  }) => void;
  readonly signal?: AbortSignal;
}
