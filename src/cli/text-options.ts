import type { OptionSpec } from "./command.ts";
import { text, wholeNumber } from "./options.ts";

/** Where a model's texts come from, on commands that give it some. */
export const TEXT_OPTIONS: readonly OptionSpec[] = [
  {
    flags: "--corpus <file>",
    description: "texts to take statistics over (default: the model writes its own)",
  },
  {
    flags: "--probes <file>",
    description: "prompts that edits must not change (default: cut from the texts)",
  },
  { flags: "--seed <number>", description: "seed of what the model writes", default: "0" },
];

/** How their values are read. */
export const textInput = { corpus: text.optional(), probes: text.optional(), seed: wholeNumber(0) };
