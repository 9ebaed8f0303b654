import type { z } from "zod";
import { problem } from "../core/problem.ts";
import { fail, type Result } from "../core/result.ts";
import type { RunningContext } from "./context.ts";

/** One positional argument. */
export interface ArgumentSpec {
  /** The field of the command's input that it fills. */
  readonly name: string;
  /** `<ref>` for one that is needed, `[ref]` for one that is not. */
  readonly syntax: string;
  readonly description: string;
}

/** One option; its long flag in camel case is the field of the command's input that it fills. */
export interface OptionSpec {
  readonly flags: string;
  readonly description: string;
  readonly default?: string;
}

/** What a command has to say: the same facts for machines and for people. */
export interface Outcome {
  /** Printed as one JSON document under `--json`. */
  readonly document: unknown;
  /** Printed otherwise; without a final line break. Empty where the command has already written its answer. */
  readonly text: string;
  /** Exit code of a command that ran as it should and found what it looked for wanting. Default 0. */
  readonly exit?: number;
}

/** What every file under `commands/` exports, before its input type is put aside. */
export interface CommandDefinition<Input> {
  /** `publish`, or a noun and a verb: `token create`. */
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Further paragraphs for `--help`. */
  readonly details?: string;
  readonly arguments?: readonly ArgumentSpec[];
  /** Besides `--json`, which every command has. */
  readonly options: readonly OptionSpec[];
  /** Command lines that work as they stand, without the leading `errata`. */
  readonly examples: readonly [string, ...string[]];
  /** Reads arguments and options, all texts or flags as the command line gave them, into the command's input. */
  readonly input: z.ZodType<Input>;
  /** Does the work. Writes nothing to standard output unless it streams to people. */
  readonly run: (input: Input, context: RunningContext, mode: OutputMode) => Promise<Result<Outcome>>;
}

/** How the outcome will be printed; only commands that stream need to know. */
export interface OutputMode {
  readonly json: boolean;
}

/** A command as the program runs it. */
export interface Command extends Omit<CommandDefinition<unknown>, "input" | "run"> {
  /** Validates `raw` and runs. Errors: `invalid_request` naming the argument at fault; else the command's own. */
  readonly execute: (
    raw: Readonly<Record<string, unknown>>,
    context: RunningContext,
    mode: OutputMode,
  ) => Promise<Result<Outcome>>;
}

/** The flag of an input field, as people type it: `maxTokens` is `--max-tokens`. */
const flagOf = (field: string): string =>
  `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

const invalidInput = (error: z.ZodError, positional: readonly ArgumentSpec[]) => {
  const issue = error.issues[0];
  const field = String(issue?.path[0] ?? "");
  const label = positional.find((argument) => argument.name === field)?.syntax ?? flagOf(field);
  return problem("invalid_request", field ? `${label}: ${issue?.message}` : (issue?.message ?? "bad input"), {
    ...(field && { param: label }),
  });
};

/** Makes a command of its definition. */
export const defineCommand = <Input>({ input, run, ...facts }: CommandDefinition<Input>): Command => ({
  ...facts,
  execute: async (raw, context, mode) => {
    const parsed = input.safeParse(raw);
    if (!parsed.success) return fail(invalidInput(parsed.error, facts.arguments ?? []));
    return run(parsed.data, context, mode);
  },
});
