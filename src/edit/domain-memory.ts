import { evenlySpaced } from "../core/evenly-spaced.ts";
import { EMPTY_PATCH_SET } from "../core/patch/patch-set.ts";
import { ok, type Result } from "../core/result.ts";
import type { Engine } from "../engine/engine.ts";
import type { FeedForwardStates } from "./feed-forward-states.ts";
import { greedyTokens } from "./greedy-answer.ts";
import { letEventsIn } from "./let-events-in.ts";
import type { EditingContext } from "./method.ts";
import type { ProbeState } from "./probe-states.ts";
import type { ProbePrompt } from "./probes.ts";

/** A text of the model's domain: a probe prompt with the model's own answer; its state is what the last FFN reads. */
export interface DomainText extends ProbeState {
  /** [T - 1, d]: what the last FFN reads at every position but the first, which heads attend to for nothing. */
  readonly inputs: Float32Array;
}

/** Texts that go through the model at a time. */
const TEXTS_AT_A_TIME = 64;

const readTexts = async (
  probes: readonly ProbePrompt[],
  engine: Engine,
  states: FeedForwardStates,
): Promise<Result<readonly DomainText[]>> => {
  const { tokenizer, model } = engine;
  const { context, width } = model.dims;
  const sequences: number[][] = [];
  const prompts: number[] = [];
  for (const { prompt } of probes) {
    const ids = tokenizer.encode(prompt);
    sequences.push([...ids, ...(await greedyTokens(engine, prompt))].slice(0, context));
    prompts.push(ids.length);
  }
  const read = await states.read(sequences, EMPTY_PATCH_SET);
  if (!read.ok) return read;
  return ok(
    read.value.map(({ inputs }, index) => ({
      probe: probes[index]!,
      inputs: inputs.subarray(width),
      state: inputs.subarray((prompts[index]! - 1) * width, prompts[index]! * width),
    })),
  );
};

/**
 * The states of `count` probe prompts at even distances, each completed by the bare model's own greedy answer:
 * ordinary text, as the model writes it. Fails with `cancelled`, and as the runtime does.
 */
export const readDomainMemory = async (
  { engine, probes, onProgress, signal }: Pick<EditingContext, "engine" | "probes" | "onProgress" | "signal">,
  states: FeedForwardStates,
  count: number,
): Promise<Result<readonly DomainText[]>> => {
  const sample = evenlySpaced(probes, count);
  const texts: DomainText[] = [];
  for (let start = 0; start < sample.length; start += TEXTS_AT_A_TIME) {
    const running = await letEventsIn(signal);
    if (!running.ok) return running;
    const read = await readTexts(sample.slice(start, start + TEXTS_AT_A_TIME), engine, states);
    if (!read.ok) return read;
    texts.push(...read.value);
    onProgress({ stage: "reading the model's domain", done: texts.length, total: sample.length });
  }
  return ok(texts);
};
