import { z } from "zod";
import { SCOPES } from "../core/scope.ts";
import { DEFAULT_CHANNEL, DEFAULT_MODEL } from "../workshop/defaults.ts";
import { DEFAULT_KEY_FILE } from "../workshop/keys/signing-key.ts";
import type { OptionSpec } from "./command.ts";

/** Probe prompts asked before and after an edit, the likeliest to change first. */
export const PROBES: OptionSpec = {
  flags: "--probes <number>",
  description: "probe prompts to ask before and after, the likeliest to change first",
  default: "200",
};

/** `--workers`, on commands whose work is of many independent parts. */
export const WORKERS: OptionSpec = {
  flags: "--workers <n>",
  description:
    "how many to work at a time on jobs of more than a few edits; 1 does without (default: as many as processors and memory allow)",
};

/** `--dry-run`, on every command that writes. */
export const DRY_RUN: OptionSpec = {
  flags: "--dry-run",
  description: "do every check, say what would be done, and change nothing",
};

/** `--model`, on commands that work on one model's channels. */
export const MODEL: OptionSpec = {
  flags: "--model <name>",
  description: "the base model",
  default: DEFAULT_MODEL,
};

/** `--model`, on commands that work on a prepared model's files. */
export const LOCAL_MODEL: OptionSpec = { ...MODEL, description: "a model's name or directory" };

/** `--method`, on commands that edit. */
export const METHOD: OptionSpec = {
  flags: "--method <name>",
  description: "the editing method",
  default: "grace",
};

/** `--set`, beside it. */
export const METHOD_SETTINGS: OptionSpec = {
  flags: "--set <pairs...>",
  description: "settings of the method, as name=value",
};

/** `--out`, on commands that make a bundle. */
export const BUNDLE_OUT: OptionSpec = {
  flags: "--out <dir>",
  description: "where to write the bundle (default .errata/bundles/<id>)",
};

/** `--key`, on commands that sign. */
export const SIGNING_KEY: OptionSpec = {
  flags: "--key <file>",
  description: `the signing key (default ${DEFAULT_KEY_FILE})`,
};

/** `--channel`, on commands that move or read one channel. */
export const CHANNEL: OptionSpec = {
  flags: "--channel <name>",
  description: "the channel",
  default: DEFAULT_CHANNEL,
};

/** `--message`, the reason that goes into the audit row. */
export const MESSAGE: OptionSpec = {
  flags: "--message <text>",
  description: "why; kept in the channel's history (asked for on a terminal)",
};

/** Reads a flag that is absent or given. */
export const flag = z.boolean().default(false);

/** Reads a text that must not be blank. */
export const text = z.string("expected a value").trim().min(1, "expected a text that is not blank");

/** Reads a whole number of at least `least`. */
export const wholeNumber = (least: number) =>
  z
    .string("expected a value")
    .regex(/^\d+$/, "expected a whole number")
    .transform(Number)
    .refine((value) => Number.isSafeInteger(value) && value >= least, `expected ${least} or more`);

/** Reads a decimal number between `least` and `most`. */
export const decimalNumber = (least: number, most: number) =>
  z
    .string("expected a value")
    .regex(/^\d+(\.\d+)?$/, "expected a number")
    .transform(Number)
    .refine((value) => value >= least && value <= most, `expected a number from ${least} to ${most}`);

/** Reads settings given as `name=value`, any number of them. */
export const settings = z
  .array(z.string().regex(/^[^=]+=.+$/, "expected name=value"))
  .default([])
  .transform((pairs) =>
    Object.fromEntries(
      pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]),
    ),
  );

/** Reads texts separated by commas. */
export const commaSeparated = z
  .string("expected a value")
  .transform((list) => list.split(",").map((item) => item.trim()))
  .refine((items) => items.every((item) => item !== ""), "expected values separated by commas");

/** Reads scopes separated by commas. */
export const scopeList = commaSeparated.pipe(
  z.array(z.enum(SCOPES, `expected scopes separated by commas, out of: ${SCOPES.join(", ")}`)),
);
