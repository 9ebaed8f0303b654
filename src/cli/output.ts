import { PROBLEM_KINDS, type Problem, type ProblemCode } from "../core/problem.ts";
import type { Outcome, OutputMode } from "./command.ts";
import type { Terminal } from "./context.ts";
import { EXIT_DONE } from "./exit-codes.ts";

/** What to do next, for problems whose message cannot know that a command line is in use. */
const NEXT_STEPS: Partial<Record<ProblemCode, string>> = {
  unknown_model: "List what is registered with `errata list`; register a model with `errata model push DIR`.",
  unknown_channel: "List the channels with `errata list`; a channel exists from its first release on.",
  unknown_patch: "List the channel's patches with `errata patch list`.",
  unknown_version: "List the versions with `errata list`.",
  unknown_bundle: "List the bundles with `errata list`.",
  unknown_token: "List the tokens with `errata token list`.",
  unauthenticated:
    "Set ERRATA_TOKEN to a live token; one with the scope admin creates others with `errata token create`.",
  forbidden: "Use a token that has the scope: `errata token create NAME --scopes ...`.",
  signature_missing: "Sign it: `errata keys generate`, then build the bundle again.",
  signer_not_trusted:
    "`errata keys generate` prints the TRUSTED_KEYS line of a key; it goes into .dev.vars or wrangler.toml.",
  sequence_conflict: "Look at `errata history`, then try again.",
};

/**
 * Prints an outcome: one JSON document, or text for people. Returns the exit code.
 */
export const printOutcome = (outcome: Outcome, mode: OutputMode, terminal: Terminal): number => {
  if (mode.json) terminal.write(`${JSON.stringify(outcome.document, null, 2)}\n`);
  else if (outcome.text !== "") terminal.write(`${outcome.text}\n`);
  return outcome.exit ?? EXIT_DONE;
};

/** The error document of `--json`. */
const errorDocument = (cause: Problem, exit: number) => ({
  error: {
    code: cause.code,
    message: cause.message,
    param: cause.param ?? null,
    ...(cause.detail && { detail: cause.detail }),
    exit,
  },
});

/**
 * Prints a problem and returns its exit code. People read it on standard error, in every mode; under `--json`
 * standard output also gets `{"error":{"code","message","param","detail"?,"exit"}}`, so that a script that reads
 * standard output always finds exactly one document there.
 */
export const printProblem = (cause: Problem, mode: OutputMode, terminal: Terminal): number => {
  const { exit } = PROBLEM_KINDS[cause.code];
  const next = NEXT_STEPS[cause.code];
  terminal.writeError(`error: ${cause.message}\n${next ? `next: ${next}\n` : ""}`);
  if (mode.json) terminal.write(`${JSON.stringify(errorDocument(cause, exit), null, 2)}\n`);
  return exit;
};
