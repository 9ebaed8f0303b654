import type { FinishEvent, GenerationEvent, TokenEvent } from "../engine/generation.ts";
import type { Logprobs } from "../wire/completion.ts";
import { joinLogprobs, toLogprobs } from "./to-wire/completion.ts";

/** A generation as far as clients see it: its whole text, and how it ended. */
export interface Answer {
  readonly text: string;
  readonly logprobs: Logprobs | null;
  readonly finish: FinishEvent;
}

/** Runs a generation to its end. `withLogprobs` says whether the request asked for log-probabilities. */
export const collectAnswer = async (
  events: AsyncIterable<GenerationEvent>,
  withLogprobs: boolean,
): Promise<Answer> => {
  const tokens: TokenEvent[] = [];
  let finish: FinishEvent | undefined;
  for await (const event of events) {
    if (event.kind === "finish") finish = event;
    else tokens.push(event);
  }
  if (!finish) throw new Error("a generation ended without its finish event");
  let offset = 0;
  const parts = tokens.map((event) => {
    const part = toLogprobs(event, offset);
    offset += event.text.length;
    return part;
  });
  const text = tokens.map((event) => event.text).join("");
  return { text, logprobs: withLogprobs ? joinLogprobs(parts) : null, finish };
};
