import type { FinishEvent, GenerationEvent, TokenEvent } from "../../engine/generation.ts";
import type { ReadyModel } from "../../service/answering/model-runner.ts";
import type { Choice, Completion } from "../../wire/completion.ts";
import {
  type CompletionHead,
  toChunk,
  toFinishReason,
  toUsage,
  toUsageChunk,
} from "../to-wire/completion.ts";
import { toLogprobs } from "../to-wire/logprobs.ts";
import { toEffect, toProvenance } from "../to-wire/provenance.ts";

/** What a stream needs to know besides the events. */
export interface StreamPlan {
  readonly ready: ReadyModel;
  readonly head: CompletionHead;
  readonly withLogprobs: boolean;
  readonly includeUsage: boolean;
}

const toTokenChoice = (event: TokenEvent, index: number, offset: number, withLogprobs: boolean): Choice => ({
  index,
  text: event.text,
  logprobs: withLogprobs && event.tokens.length > 0 ? toLogprobs(event, offset) : null,
  finish_reason: null,
});

/** An event without text carries news only to a client that asked for log-probabilities. */
const isSilent = (event: TokenEvent, withLogprobs: boolean): boolean =>
  event.text === "" && !(withLogprobs && event.tokens.length > 0);

async function* streamChoice(
  events: AsyncIterable<GenerationEvent>,
  index: number,
  plan: StreamPlan,
): AsyncGenerator<Completion, FinishEvent | null> {
  let offset = 0;
  let last: FinishEvent | null = null;
  for await (const event of events) {
    if (event.kind === "finish") {
      const ended = { finish_reason: toFinishReason(event), errata: toEffect(plan.ready, event) };
      const choice = { index, text: "", logprobs: null, ...ended };
      yield toChunk(plan.head, choice, plan.includeUsage, toProvenance(plan.ready, event));
      last = event;
    } else if (!isSilent(event, plan.withLogprobs)) {
      const choice = toTokenChoice(event, index, offset, plan.withLogprobs);
      yield toChunk(plan.head, choice, plan.includeUsage);
      offset += event.text.length;
    }
  }
  return last;
}

/**
 * The chunks of a streamed completion: for each prompt its tokens as they come, then a chunk with
 * `finish_reason` and `errata`; after all of them the token counts, where the client wants those. Closing the
 * generator closes the generation under way; the ones after it never start.
 */
export async function* streamCompletion(
  generations: readonly AsyncIterable<GenerationEvent>[],
  plan: StreamPlan,
): AsyncGenerator<Completion> {
  const finishes: FinishEvent[] = [];
  for (const [index, events] of generations.entries()) {
    const finish = yield* streamChoice(events, index, plan);
    if (finish) finishes.push(finish);
  }
  if (plan.includeUsage) yield toUsageChunk(plan.head, toUsage(finishes));
}
