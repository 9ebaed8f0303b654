/** The command line's root: wires the process to the commands. `errata.mjs` imports it. */
import { join } from "node:path";
import { PROBLEM_KINDS } from "../core/problem.ts";
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

/** `process.resourceUsage` counts in kibibytes. */
const BYTES_PER_KIBIBYTE = 1024;

process.exitCode = await runProgram(
  process.argv.slice(2),
  {
    terminal: createTerminal(
      { input: process.stdin, output: process.stdout, error: process.stderr },
      process.env,
    ),
    environment: process.env,
    workingDirectory: process.cwd(),
    projectDirectory: join(import.meta.dirname, "..", ".."),
    fetch: globalThis.fetch,
    peakMemory: () => process.resourceUsage().maxRSS * BYTES_PER_KIBIBYTE,
    availableMemory: () => process.availableMemory(),
    signal: interrupt.signal,
  },
  COMMANDS,
  NOUNS,
);
