import type { Command } from "../command.ts";
import type { Nouns } from "../program.ts";

/** The nouns, in the order of the help. */
export const NOUNS: Nouns = {
  model: "prepare, inspect and register base models",
  token: "create, list and revoke access tokens",
  keys: "make the keys that sign bundles",
};

/** Every command, in the order of the help. A new one is a file of this folder and a line here. */
export const COMMANDS: readonly Command[] = [];
