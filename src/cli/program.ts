import { Argument, CommanderError, Option, Command as Program } from "commander";
import packageJson from "../../package.json" with { type: "json" };
import { ProblemError, problem } from "../core/problem.ts";
import { fail, type Result } from "../core/result.ts";
import { adviseOnService } from "./advise-on-service.ts";
import type { Command, Outcome, OutputMode } from "./command.ts";
import type { CommandContext } from "./context.ts";
import { EXIT_CODE_HELP, EXIT_CODE_LINE, EXIT_DONE } from "./exit-codes.ts";
import { printOutcome, printProblem } from "./output.ts";
import { createProgress } from "./progress.ts";
import { wrapText } from "./wrap-text.ts";

const ROOT_HELP = `
Environment:
  ERRATA_URL    the service (default http://127.0.0.1:8787)
  ERRATA_TOKEN  the access token (default, on this machine only: ERRATA_ADMIN_TOKEN of .dev.vars)
  NO_COLOR      no colours, also on a terminal

With --json, standard output holds exactly one JSON document, on failure {"error":{"code","message",...}};
progress, notes and errors for people go to standard error. Nothing is asked where there is no terminal.

${EXIT_CODE_HELP}`;

/** Columns of a help text where there is no terminal, and the least and the most that it takes on one. */
const HELP_WIDTH = 110;
const NARROWEST_HELP = 60;
const WIDEST_HELP = 120;

/** A run under way: what the parser found to do. */
interface Selection {
  command: Command;
  raw: Readonly<Record<string, unknown>>;
  mode: OutputMode;
}

const camelCase = (name: string): string =>
  name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Columns of a help text: those of the terminal, within what reads well. */
const helpWidthOf = ({ columns }: CommandContext["terminal"]): number =>
  Math.min(Math.max(columns ?? HELP_WIDTH, NARROWEST_HELP), WIDEST_HELP);

const addCommand = (
  parent: Program,
  command: Command,
  width: number,
  select: (selection: Selection) => void,
): void => {
  const verb = command.name.split(" ").at(-1) ?? command.name;
  const sub = parent.command(verb).summary(command.summary).allowExcessArguments(false);
  sub.description(wrapText([command.summary, command.details].filter(Boolean).join("\n\n"), width));
  for (const { syntax, description } of command.arguments ?? [])
    sub.addArgument(new Argument(syntax, description));
  for (const { flags, description, default: value } of command.options) {
    const option = new Option(flags, description);
    sub.addOption(value === undefined ? option : option.default(value));
  }
  sub.option("--json", "print one JSON document on standard output");
  const examples = command.examples.map((example) => `  $ errata ${example}`).join("\n");
  sub.addHelpText("after", `\nExamples:\n${examples}\n\n${wrapText(EXIT_CODE_LINE, width)}`);
  sub.action((...values: unknown[]) => {
    const named = (command.arguments ?? []).map(({ name }, position) => [camelCase(name), values[position]]);
    const { json, ...options } = sub.opts();
    select({
      command,
      raw: { ...options, ...Object.fromEntries(named) },
      mode: { json: json === true },
    });
  });
};

/** The nouns that have verbs, with their line in the list of commands. */
export type Nouns = Readonly<Record<string, string>>;

const buildProgram = (
  commands: readonly Command[],
  nouns: Nouns,
  context: CommandContext,
  select: (selection: Selection) => void,
): Program => {
  const width = helpWidthOf(context.terminal);
  const program = new Program("errata")
    .description("Correct small language models in production: edit, publish, release, roll back.")
    .version(packageJson.version)
    .addHelpText("after", ROOT_HELP)
    .exitOverride()
    .configureHelp({ helpWidth: width })
    .configureOutput({
      writeOut: context.terminal.write,
      // Usage errors are printed with all other problems, once.
      writeErr: () => undefined,
    });
  for (const command of commands.filter(({ name }) => !name.includes(" ")))
    addCommand(program, command, width, select);
  for (const [noun, summary] of Object.entries(nouns)) {
    const group = program.command(noun).summary(summary).description(summary);
    for (const command of commands.filter(({ name }) => name.startsWith(`${noun} `)))
      addCommand(group, command, width, select);
  }
  return program;
};

/** Thrown by commander for `--help`, which is no failure. */
const isHelp = (cause: CommanderError): boolean => cause.exitCode === EXIT_DONE;

const namesUnder = (program: Program, noun: string | undefined): string => {
  const group = program.commands.find((command) => command.name() === noun) ?? program;
  return group.commands.map((command) => command.name()).join(", ");
};

const usageProblem = (cause: CommanderError, program: Program, argv: readonly string[]) => {
  // Commander shows help where a command is missing; here that is an error like any other.
  if (cause.code === "commander.help")
    return problem("invalid_request", `Expected a command, one of: ${namesUnder(program, argv[0])}.`);
  const message = cause.message
    .replace(/^error: /, "")
    .replaceAll("\n", " ")
    .replace(/\.$/, "");
  return problem("invalid_request", `${message}. See errata --help.`);
};

/** A clock in milliseconds. */
const now = (): number => performance.now();

const execute = async (
  { command, raw, mode }: Selection,
  context: CommandContext,
): Promise<Result<Outcome>> => {
  const progress = createProgress(context.terminal, now);
  try {
    return await command.execute(raw, { ...context, now, progress }, mode);
  } catch (cause) {
    if (cause instanceof ProblemError) return fail(cause.problem);
    if (context.signal.aborted) return fail(problem("cancelled", "Interrupted."));
    const trace = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    context.terminal.writeError(`${trace}\n`);
    return fail(problem("internal", "errata met a defect of its own; the lines above say where."));
  } finally {
    progress.end();
  }
};

/**
 * Runs one command line and returns its exit code; never ends the process, so that it can run inside another.
 *
 * @param argv the arguments after `errata`
 */
export const runProgram = async (
  argv: readonly string[],
  context: CommandContext,
  commands: readonly Command[],
  nouns: Nouns,
): Promise<number> => {
  let selection: Selection | null = null;
  const select = (found: Selection) => {
    selection = found;
  };
  const program = buildProgram(commands, nouns, context, select);
  try {
    await program.parseAsync([...argv], { from: "user" });
  } catch (cause) {
    if (!(cause instanceof CommanderError)) throw cause;
    if (isHelp(cause)) return EXIT_DONE;
    return printProblem(
      usageProblem(cause, program, argv),
      { json: argv.includes("--json") },
      context.terminal,
    );
  }
  const { command, raw, mode } = selection as unknown as Selection;
  const outcome = await execute({ command, raw, mode }, context);
  return outcome.ok
    ? printOutcome(outcome.value, mode, context.terminal)
    : printProblem(adviseOnService(outcome.problem), mode, context.terminal);
};
