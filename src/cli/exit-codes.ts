import { PROBLEM_KINDS } from "../core/problem.ts";

/** Exit code of a command that did what it was asked. */
export const EXIT_DONE = 0;
/** Exit code of a command that ran as it should and found what it looked for wanting. */
export const EXIT_WANTING = PROBLEM_KINDS.internal.exit;
/** Exit code of a command line that cannot be read; the same as a request that cannot be. */
export const EXIT_USAGE = PROBLEM_KINDS.invalid_request.exit;

const MEANINGS: Readonly<Record<number, string>> = {
  [EXIT_DONE]: "done",
  [PROBLEM_KINDS.internal.exit]: "a defect of errata itself, or a command that found what it checks wanting",
  [EXIT_USAGE]: "bad input: arguments, edits, or a request that the service refuses",
  [PROBLEM_KINDS.forbidden.exit]: "no token, or one without the scope",
  [PROBLEM_KINDS.unknown_bundle.exit]: "not found: model, channel, version, bundle, token or file",
  [PROBLEM_KINDS.malformed_manifest.exit]: "an invalid bundle, model or checkpoint",
  [PROBLEM_KINDS.sequence_conflict.exit]: "a conflict with what is already there",
  [PROBLEM_KINDS.edit_not_converged.exit]: "an edit that found no patch",
  [PROBLEM_KINDS.service_unreachable.exit]: "the service or the machine failed",
  [PROBLEM_KINDS.cancelled.exit]: "interrupted",
};

/** The exit codes and what they mean, for `--help`. */
export const EXIT_CODE_HELP = [
  "Exit codes:",
  ...Object.entries(MEANINGS).map(([code, meaning]) => `  ${code.padStart(3)}  ${meaning}`),
].join("\n");

/** The same in one line, for the help of each command. */
export const EXIT_CODE_LINE =
  "Exit codes: 0 done, 1 found wanting, 2 bad input, 3 not allowed, 4 not found, 5 invalid bundle or model, 6 conflict, " +
  "7 editing failed, 8 service failed, 130 interrupted (errata --help).";
