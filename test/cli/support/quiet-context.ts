import type { OpeningContext } from "../../../src/workshop/models/open-model.ts";
import { SILENT } from "../../../src/workshop/workshop-context.ts";

/** Surroundings of a command that nobody watches. */
export const quietContext = (): OpeningContext => ({
  progress: SILENT,
  now: () => performance.now(),
  signal: new AbortController().signal,
  workingDirectory: import.meta.dirname,
});
