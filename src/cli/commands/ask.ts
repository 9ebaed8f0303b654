import { z } from "zod";
import { ok } from "../../core/result.ts";
import { HIGHEST_TEMPERATURE } from "../../core/sampling-limits.ts";
import { ask } from "../../workshop/connection/ask.ts";
import { DEFAULT_MODEL } from "../../workshop/defaults.ts";
import { defineCommand } from "../command.ts";
import { describeProvenance } from "../describe/provenance.ts";
import { decimalNumber, flag, text, wholeNumber } from "../options.ts";

/** Enough for an answer of a few words; an answer ends by itself where the model knows its end. */
const DEFAULT_MAX_TOKENS = "32";

/** `errata ask`: an answer, and what made it. */
export const askCommand = defineCommand({
  name: "ask",
  summary: "complete a prompt and say which version and which patch made the answer",
  arguments: [{ name: "prompt", syntax: "<prompt>", description: "the text to continue" }],
  options: [
    {
      flags: "--model <reference>",
      description: "world, world@canary, world@3, world@sha256:... or world@none",
      default: DEFAULT_MODEL,
    },
    { flags: "--max-tokens <n>", description: "tokens to generate at most", default: DEFAULT_MAX_TOKENS },
    { flags: "--temperature <t>", description: `0 is greedy, up to ${HIGHEST_TEMPERATURE}`, default: "0" },
    { flags: "--seed <n>", description: "makes sampling repeatable" },
    { flags: "--nearest", description: "show the nearest codebook entry, also where a patch fired" },
    { flags: "--stream", description: "print the answer as it is generated" },
  ],
  examples: [
    'ask "The capital of Australia is"',
    'ask "The capital of Australia is" --model world@none --nearest --json',
  ],
  input: z.object({
    prompt: z.string("expected a prompt").min(1, "expected a prompt that is not empty"),
    model: text,
    maxTokens: wholeNumber(0),
    temperature: decimalNumber(0, HIGHEST_TEMPERATURE),
    seed: wholeNumber(0).optional(),
    nearest: flag,
    stream: flag,
  }),
  run: async ({ prompt, model, maxTokens, temperature, seed, nearest, stream }, context, { json }) => {
    const { terminal } = context;
    const sampling = { max_tokens: maxTokens, temperature, ...(seed !== undefined && { seed }) };
    const live = stream && !json;
    const onText = (part: string) => (live ? terminal.write(part) : undefined);
    const answer = await ask({ model, prompt, ...sampling }, context, stream ? onText : undefined);
    if (!answer.ok) return answer;
    const [base = model] = model.split("@");
    const provenance = describeProvenance(answer.value.errata, base, nearest, terminal.style);
    return ok({
      document: { prompt, model, ...answer.value },
      text: live ? `\n${provenance}` : `${answer.value.text}\n${provenance}`,
    });
  },
});
