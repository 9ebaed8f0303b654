import { evenlySpaced } from "../../core/evenly-spaced.ts";
import { EMPTY_PATCH_SET } from "../../core/patch/patch-set.ts";
import { ok, type Result } from "../../core/result.ts";
import type { EditingContext } from "../method.ts";
import { probeAnswers } from "../probes/probe-answers.ts";
import type { ProbeState } from "../probes/probe-states.ts";
import type { FeedForwardStates } from "./feed-forward-states.ts";

/** A text of the model's domain: a probe prompt with the model's own answer; its state is what the last FFN reads. */
export interface DomainText extends ProbeState {
  /** [T - 1, d]: what the last FFN reads at every position but the first, which heads attend to for nothing. */
  readonly inputs: Float32Array;
}

/** What reading the domain takes. */
type DomainContext = Pick<EditingContext, "model" | "graph" | "engine" | "probes" | "onProgress" | "signal">;

/**
 * The states of `count` probe prompts at even distances, each completed by the bare model's own greedy answer:
 * ordinary text, as the model writes it. Probes that the context cannot hold are left out. Fails with `cancelled`, and
 * as the runtime does.
 */
export const readDomainMemory = async (
  context: DomainContext,
  states: FeedForwardStates,
  count: number,
): Promise<Result<readonly DomainText[]>> => {
  const { tokenizer, model } = context.engine;
  const { context: most, width } = model.dims;
  const sample = evenlySpaced(context.probes, count)
    .map((probe) => ({ probe, ids: tokenizer.encode(probe.prompt) }))
    .filter(({ ids }) => ids.length <= most);
  const probes = sample.map(({ probe }) => probe);
  const answers = await probeAnswers("reading the model's domain", { ...context, probes });
  if (!answers.ok) return answers;
  const sequences = sample.map(({ ids }, index) => [...ids, ...answers.value[index]!.tokens]);
  const read = await states.read(sequences, EMPTY_PATCH_SET);
  if (!read.ok) return read;
  return ok(
    read.value.map(({ inputs }, index) => {
      const { probe, ids } = sample[index]!;
      const state = inputs.subarray((ids.length - 1) * width, ids.length * width);
      return { probe, inputs: inputs.subarray(width), state };
    }),
  );
};
