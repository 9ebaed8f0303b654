import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";

/** The repository's root: examples import from there, as a script in it would. */
export const REPOSITORY = join(import.meta.dirname, "../..");

/** The lines that an example's `// =>` comments say it prints, in order. */
export const promisedLines = (code: string): readonly string[] =>
  [...code.matchAll(/\/\/ => ?(.*)$/gm)].map(([, line]) => line!.trimEnd());

/** What running an example came to: whole lines of standard output, and why it broke off, if it did. */
export interface ExampleRun {
  readonly printed: readonly string[];
  /** Null where it ended well; otherwise what it wrote to standard error. */
  readonly fault: string | null;
}

/**
 * Runs an example exactly as it is written, as a module of its own in a fresh Node with the repository as its
 * directory. A service on the memory stores answers at the address and with the token of local work.
 */
export const runExample = async (code: string): Promise<ExampleRun> => {
  const service = join(import.meta.dirname, "local-service.ts");
  const child = spawn(process.execPath, ["--input-type=module-typescript", `--import=${service}`, "-"], {
    cwd: REPOSITORY,
  });
  child.stdin.end(code);
  const [[status], printed, complaints] = await Promise.all([
    once(child, "exit"),
    text(child.stdout),
    text(child.stderr),
  ]);
  return {
    printed:
      printed.trimEnd() === ""
        ? []
        : printed
            .trimEnd()
            .split("\n")
            .map((line) => line.trimEnd()),
    fault: status === 0 ? null : complaints || `exit status ${status}`,
  };
};
