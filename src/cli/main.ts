/** The command line's root: wires the process to the commands. `errata.mjs` imports it. */
import { PROBLEM_KINDS } from "../core/problem.ts";
import { openWorkshop } from "../workshop/open-workshop.ts";
import { COMMANDS, NOUNS } from "./commands/index.ts";
import { runProgram } from "./program.ts";
import { createTerminal } from "./terminal.ts";

const interrupt = new AbortController();
const onInterrupt = (): void => {
  // The first Ctrl-C lets the command stop cleanly, the second one does not wait for that.
  if (interrupt.signal.aborted) process.exit(PROBLEM_KINDS.cancelled.exit);
  interrupt.abort();
};
process.on("SIGINT", onInterrupt);
process.on("SIGTERM", onInterrupt);

// A reader that has seen enough, such as head, closes the pipe: that is no fault, and nobody is left to be told.
const onWriteError = (error: NodeJS.ErrnoException): void => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
};
process.stdout.on("error", onWriteError);
process.stderr.on("error", onWriteError);

const streams = { input: process.stdin, output: process.stdout, error: process.stderr };

process.exitCode = await runProgram(
  process.argv.slice(2),
  {
    ...openWorkshop({ signal: interrupt.signal }),
    terminal: createTerminal(streams, process.env),
  },
  COMMANDS,
  NOUNS,
);
