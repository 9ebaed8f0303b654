import { z } from "zod";
import type { CompletionCall, Provenance, ServiceClient } from "../../client/client.ts";
import { problem } from "../../core/problem.ts";
import type { Result } from "../../core/result.ts";
import { fail, ok } from "../../core/result.ts";
import { HIGHEST_TEMPERATURE } from "../../core/sampling-limits.ts";
import { connect } from "../../workshop/connection/connect.ts";
import { defineCommand } from "../command.ts";
import type { Terminal } from "../context.ts";
import { describeProvenance } from "../describe/provenance.ts";
import { DEFAULT_MODEL, decimalNumber, flag, text, wholeNumber } from "../options.ts";

/** Enough for an answer of a few words; an answer ends by itself where the model knows its end. */
const DEFAULT_MAX_TOKENS = "32";

/** An answer, however it came. */
interface Answer {
  readonly text: string;
  readonly finishReason: string | null;
  readonly errata: Provenance;
}

const incomplete = (what: string) =>
  fail(
    problem("service_unreachable", `The answer ${what}. Ask again; if it recurs, look at the service's log.`),
  );

const askWhole = async (client: ServiceClient, call: CompletionCall): Promise<Result<Answer>> => {
  const answer = await client.completions.create(call);
  if (!answer.ok) return answer;
  const { choices, errata } = answer.value;
  const [choice] = choices;
  if (!choice || !errata) return incomplete("came without a choice or without its provenance");
  return ok({ text: choice.text, finishReason: choice.finish_reason, errata });
};

const askStreaming = async (
  client: ServiceClient,
  call: CompletionCall,
  onText: (text: string) => void,
): Promise<Result<Answer>> => {
  let collected = "";
  let last: Pick<Answer, "finishReason" | "errata"> | null = null;
  for await (const chunk of client.completions.stream(call)) {
    if (!chunk.ok) return chunk;
    const { choices, errata } = chunk.value;
    const part = choices[0]?.text ?? "";
    collected += part;
    if (part !== "") onText(part);
    if (errata) last = { finishReason: choices[0]?.finish_reason ?? null, errata };
  }
  return last === null ? incomplete("came without its provenance") : ok({ text: collected, ...last });
};

const silent = () => undefined;

const asWritten = (terminal: Terminal) => (part: string) => terminal.write(part);

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
    const client = await connect(context);
    if (!client.ok) return client;
    const sampling = { max_tokens: maxTokens, temperature, ...(seed !== undefined && { seed }) };
    const call = { model, prompt, ...sampling };
    const { terminal } = context;
    const live = stream && !json;
    const answer = stream
      ? await askStreaming(client.value, call, live ? asWritten(terminal) : silent)
      : await askWhole(client.value, call);
    if (!answer.ok) return answer;
    const [base = model] = model.split("@");
    const provenance = describeProvenance(answer.value.errata, base, nearest, terminal.style);
    return ok({
      document: { prompt, model, ...answer.value },
      text: live ? `\n${provenance}` : `${answer.value.text}\n${provenance}`,
    });
  },
});
