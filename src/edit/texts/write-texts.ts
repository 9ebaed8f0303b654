import { EMPTY_PATCH_SET } from "../../core/patch/patch-set.ts";
import { ok, type Result } from "../../core/result.ts";
import type { Engine, Prompt } from "../../engine/engine.ts";
import type { JobControl } from "../running/job-control.ts";
import { letEventsIn } from "../running/let-events-in.ts";

/** Most tokens of a text. */
const TEXT_TOKENS = 64;

/** How people begin to write; every other text begins with one of these, the others as the model likes. */
const OPENINGS = [
  "The",
  "Once upon a time",
  "In",
  "It is",
  "A",
  "One day",
  "There was",
  "My",
  "When",
  "What is",
  "She",
  "He",
  "They",
  "This",
  "How",
  "I",
  "We",
  "The name of",
  "At",
  "According to",
] as const;

/** What is asked for of a model that writes. */
export interface TextRequest extends JobControl {
  readonly engine: Engine;
  /** The number of the first text, and how many: text n is the same whatever else is asked for. */
  readonly first: number;
  readonly count: number;
  readonly seed: number;
}

/** What text `n` begins with: nothing but the model's begin (or what ends a text, after which another begins). */
const openingOf = (
  { engine }: TextRequest,
  n: number,
): { readonly prompt: Prompt; readonly text: string } => {
  const { begin, end } = engine.model.specialTokens;
  if (n % 2 === 0) return { prompt: [begin ?? end], text: "" };
  const text = OPENINGS[Math.floor(n / 2) % OPENINGS.length]!;
  return { prompt: text, text };
};

/** The seed of text `n`; far apart, as neighbouring seeds of other texts must not meet. */
const seedOf = (seed: number, n: number): number => (seed + Math.imul(n + 1, 0x9e3779b1)) >>> 0;

/**
 * What the model writes by itself, sampled at temperature 1 from its begin token and from common openings: texts of its
 * own domain, whatever that is. Equal requests give equal texts. Errors: `cancelled`.
 */
export const writeTexts = async (request: TextRequest): Promise<Result<readonly string[]>> => {
  const { engine, first, count, seed, onProgress, signal } = request;
  const texts: string[] = [];
  for (let n = first; n < first + count; n++) {
    const running = await letEventsIn(signal);
    if (!running.ok) return running;
    const { prompt, text } = openingOf(request, n);
    let written = text;
    const asked = {
      ...{
        prompt,
        maxTokens: Math.min(TEXT_TOKENS, engine.model.dims.context),
        temperature: 1,
        topP: 1,
        seed: seedOf(seed, n),
      },
      ...{ stop: [], logprobs: null, echo: false },
    };
    for await (const event of engine.generate(asked, EMPTY_PATCH_SET))
      if (event.kind === "token") written += event.text;
    texts.push(written.trim());
    onProgress({ stage: "letting the model write", done: texts.length, total: count });
  }
  return ok(texts.filter((text) => text !== ""));
};
