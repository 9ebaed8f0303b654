import { endsAnswer } from "../../core/model/prepared-model.ts";
import type { FinishEvent, GenerationEvent, TokenEvent } from "../generation.ts";
import type { BoundPatches } from "../patching/bind-patches.ts";
import type { Runner } from "../runner/runner.ts";
import { createSampler } from "../sampling/sampler.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import type { AdmittedRequest } from "./admit-request.ts";
import { Decoding, logitsAt, type PromptLogits } from "./decoding.ts";
import { type AnswerToken, describeToken } from "./describe-token.ts";
import { type Released, StopMatcher } from "./stop-matcher.ts";

/**
 * Steps between two pauses that let the event loop run, so that a hang-up is noticed. A run resolves without
 * leaving the microtask queue; a pause costs about 1.2 ms in workerd, so one at each step would halve the speed.
 */
const STEPS_BETWEEN_PAUSES = 32;

/** What one generation needs besides its request. */
export interface GenerationParts {
  readonly runner: Runner;
  readonly tokenizer: Tokenizer;
  readonly patches: BoundPatches;
  /** The caller's clock, in milliseconds. */
  readonly now: () => number;
  readonly signal?: AbortSignal | undefined;
}

const isPauseDue = (count: number): boolean => count > 0 && count % STEPS_BETWEEN_PAUSES === 0;

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

const echoEvent = (tokenizer: Tokenizer, request: AdmittedRequest, logits: PromptLogits): TokenEvent => ({
  kind: "token",
  text: tokenizer.decode(request.prompt),
  tokens: request.prompt.map((id, i) =>
    describeToken(tokenizer, id, i === 0 ? null : logitsAt(logits, i - 1), request.logprobs),
  ),
  echoed: true,
});

const releasedEvent = ({ text, items }: Released<AnswerToken>): TokenEvent[] =>
  text === "" && items.length === 0 ? [] : [{ kind: "token", text, tokens: items, echoed: false }];

/** The answer's tokens and why it ended; yields text as soon as it can be no part of a stop sequence. */
async function* answer(
  { runner, tokenizer, signal }: GenerationParts,
  request: AdmittedRequest,
  decoding: Decoding,
  prompt: PromptLogits,
): AsyncGenerator<TokenEvent, Pick<FinishEvent, "reason" | "completionTokens">> {
  const { specialTokens, dims } = runner.model;
  const room = Math.min(request.maxTokens, dims.context - request.prompt.length);
  const sample = createSampler(request);
  const text = tokenizer.decoder("continuation");
  const stops = new StopMatcher<AnswerToken>(request.stop);
  let logits = logitsAt(prompt, request.prompt.length - 1);
  let reason: FinishEvent["reason"] = "length";
  let count = 0;
  while (count < room) {
    if (signal !== undefined && isPauseDue(count)) await pause();
    if (signal?.aborted) {
      reason = "cancelled";
      break;
    }
    const id = sample(logits);
    if (endsAnswer(specialTokens, id)) {
      reason = "stop";
      break;
    }
    count += 1;
    const released = stops.push(text.push(id), describeToken(tokenizer, id, logits, request.logprobs));
    yield* releasedEvent(released);
    if (released.stopped) return { reason: "stop", completionTokens: count };
    if (count < room) logits = await decoding.step(id);
  }
  const last = stops.flush(text.flush());
  yield* releasedEvent(last);
  return { reason: last.stopped ? "stop" : reason, completionTokens: count };
}

/** Runs an admitted request: the echoed prompt where asked for, the answer, and always a finish event last. */
export async function* generate(
  parts: GenerationParts,
  request: AdmittedRequest,
): AsyncGenerator<GenerationEvent, void> {
  const { runner, tokenizer, patches, now } = parts;
  const decoding = new Decoding(runner, patches);
  const started = now();
  const logits = await decoding.prefill(request.prompt);
  const prefilled = now();
  if (request.echo) yield echoEvent(tokenizer, request, logits);
  const end = yield* answer(parts, request, decoding, logits);
  yield {
    kind: "finish",
    ...end,
    promptTokens: request.prompt.length,
    fired: decoding.effects.fired,
    nearest: decoding.effects.nearest,
    timings: { prefill: prefilled - started, decode: now() - prefilled },
  };
}
