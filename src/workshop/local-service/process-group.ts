import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";

/** Output lines kept for an error message. */
const KEPT_LINES = 20;
/** How long a group may take to end by itself before it is killed, in milliseconds. */
const STOP_GRACE_MS = 5_000;
/** How long output may still come after the program has ended, in milliseconds: a child of it may hold the pipe. */
const LAST_OUTPUT_MS = 1_000;

/** A program to run. */
export interface ProcessSpec {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly workingDirectory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Called for each line of its output, both streams, without escapes. */
  readonly onLine?: (line: string) => void;
}

/** A program with all the processes that it started. */
export interface ProcessGroup {
  /** Resolves when the program has ended: its exit code, or 1 where a signal or a failed start ended it. */
  readonly exited: Promise<number>;
  /** The last lines of its output. */
  readonly lastLines: () => readonly string[];
  /** Ends the program and everything it started. Resolves when they are gone; may be called again. */
  readonly stop: () => Promise<void>;
}

const signalGroup = (pid: number | undefined, signal: NodeJS.Signals): void => {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (cause) {
    // No process of the group is left.
    if ((cause as NodeJS.ErrnoException).code !== "ESRCH") throw cause;
  }
};

const waitForExit = (child: ChildProcess, onError: (message: string) => void): Promise<number> =>
  new Promise((resolve) => {
    child.once("error", (cause) => {
      onError(cause.message);
      resolve(1);
    });
    child.once("exit", async (code) => {
      await Promise.race([once(child, "close"), delay(LAST_OUTPUT_MS, undefined, { ref: false })]);
      resolve(code ?? 1);
    });
  });

/**
 * Starts a program as the leader of a process group of its own, so that its children end with it, and so that
 * Ctrl-C reaches this process alone, which then stops them in order. Should this process end without a `stop`,
 * the group is killed with it.
 */
export const startProcessGroup = (spec: ProcessSpec): ProcessGroup => {
  const kept: string[] = [];
  const keep = (raw: string) => {
    const line = stripVTControlCharacters(raw).trimEnd();
    if (line === "") return;
    kept.push(line);
    if (kept.length > KEPT_LINES) kept.shift();
    spec.onLine?.(line);
  };
  const child = spawn(spec.program, spec.arguments, {
    cwd: spec.workingDirectory,
    env: { ...spec.environment },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const readLines = (stream: Readable) => createInterface({ input: stream }).on("line", keep);
  readLines(child.stdout);
  readLines(child.stderr);
  const killGroup = () => signalGroup(child.pid, "SIGKILL");
  process.once("exit", killGroup);
  const exited = waitForExit(child, keep);
  // Once it is gone its number may become another's.
  void exited.then(() => process.off("exit", killGroup));
  const stop = async () => {
    signalGroup(child.pid, "SIGTERM");
    await Promise.race([exited, delay(STOP_GRACE_MS, undefined, { ref: false })]);
    // Also where the program has ended: a child of it may have outlived it.
    killGroup();
    await exited;
  };
  return { exited, lastLines: () => [...kept], stop };
};
