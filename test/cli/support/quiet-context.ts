import { createStyle } from "../../../src/cli/style.ts";
import type { OpeningContext } from "../../../src/workshop/editing/open-model.ts";

/** Surroundings of a command that nobody watches. */
export const quietContext = (): OpeningContext => ({
  terminal: {
    write: () => undefined,
    writeError: () => undefined,
    live: false,
    style: createStyle(false),
    askText: null,
  },
  signal: new AbortController().signal,
  workingDirectory: import.meta.dirname,
});
