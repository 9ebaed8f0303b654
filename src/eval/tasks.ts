import type { TaskTable } from "../edit/workbench.ts";

/** Every task of an evaluation, for workers to find. */
export const EVALUATION_TASKS: TaskTable = {
  "measured-case": async () => (await import("./measuring/measured-case.ts")).measuredCase,
};
