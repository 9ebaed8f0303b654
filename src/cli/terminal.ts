import type { Readable, Writable } from "node:stream";
import { isCancel, text } from "@clack/prompts";
import type { Terminal } from "./context.ts";
import { createStyle } from "./style.ts";

/** A standard stream of a process; `isTTY` is absent where it is a pipe or a file. */
type Standard<Stream> = Stream & { readonly isTTY?: boolean; readonly columns?: number };

/** The streams of the process, or of a test. */
export interface TerminalStreams {
  readonly input: Standard<Readable>;
  readonly output: Standard<Writable>;
  readonly error: Standard<Writable>;
}

/**
 * A terminal over three streams. Questions are asked on standard error, and only where a person can both read
 * them and answer; a cancelled question answers null.
 */
export const createTerminal = (
  { input, output, error }: TerminalStreams,
  environment: Readonly<Record<string, string | undefined>>,
): Terminal => {
  const ask = async (question: string): Promise<string | null> => {
    const answer = await text({ message: question, input, output: error });
    return isCancel(answer) ? null : (answer ?? "");
  };
  return {
    write: (part) => void output.write(part),
    writeError: (part) => void error.write(part),
    live: error.isTTY === true,
    columns: output.isTTY === true ? output.columns : undefined,
    style: createStyle(output.isTTY === true && !environment.NO_COLOR),
    askText: input.isTTY === true && error.isTTY === true ? ask : null,
  };
};
