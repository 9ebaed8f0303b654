import type { TaskTable } from "./workbench.ts";

/** Every task of the methods, for workers to find. A new one is a line here. */
export const EDIT_TASKS: TaskTable = {
  "asked-again": async () => (await import("./measuring/measure-edits.ts")).askedAgain,
  "grace-entries": async () => (await import("./grace/grace-entries.ts")).graceEntries,
  "edit-goals": async () => (await import("./joint/edit-goals.ts")).editGoals,
};
