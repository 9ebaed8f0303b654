import type { CodebookBinding } from "../../core/patch/kinds/codebook.ts";
import type { NeuronsBinding } from "../../core/patch/kinds/neurons.ts";
import { PATCH_KINDS } from "../../core/patch/kinds/patch-kinds.ts";
import type { BindingOf, PatchKindName } from "../../core/patch/patch.ts";
import { bindingsOf, EMPTY_PATCH_SET, type PatchSet } from "../../core/patch/patch-set.ts";
import { ok, type Result } from "../../core/result.ts";
import { probeStatesAt } from "../codebook/block-states.ts";
import { SMALLEST_RADIUS } from "../codebook/codebook-geometry.ts";
import { distanceBetween } from "../linear-algebra/distance-between.ts";
import type { EditingContext } from "../method.ts";
import { openFeedForwardStates } from "../neurons/feed-forward-states.ts";
import { findLastBlock } from "../neurons/last-block.ts";
import { type Neurons, preActivation, toNeurons } from "../neurons/neurons.ts";
import { probeAnswers } from "../probes/probe-answers.ts";
import type { ProbePrompt } from "../probes/probes.ts";

/**
 * How far below 0 a pre-activation must lie, and by how many logits a token must lead, to count as certain: batched
 * runs and the decoder's differ by 1e-4 at most.
 */
const CERTAIN = 1e-3;

type SilenceContext = Pick<EditingContext, "model" | "graph" | "engine" | "onProgress" | "signal">;

/** Whether a state [d] lies outside every ball of the codebook, by more than runtimes differ. */
const isOutside = (state: Float32Array, { keys, radii, width }: CodebookBinding): boolean => {
  let entry = 0;
  for (const part of keys)
    for (let start = 0; start < part.length; start += width)
      if (distanceBetween(state, part.subarray(start, start + width)) <= radii[entry++]! + SMALLEST_RADIUS)
        return false;
  return true;
};

/** Of `probes`, those whose state lies outside every ball of `codebooks`. */
const outsideBalls = async (
  codebooks: readonly CodebookBinding[],
  probes: readonly ProbePrompt[],
  context: SilenceContext,
): Promise<Result<readonly ProbePrompt[]>> => {
  let outside = probes;
  for (const codebook of codebooks) {
    const states = await probeStatesAt({ ...context, probes: outside }, codebook.layer);
    if (!states.ok) return states;
    outside = states.value.filter(({ state }) => isOutside(state, codebook)).map(({ probe }) => probe);
  }
  return ok(outside);
};

/** Whether no neuron fires on any row of `inputs` [N, d]. */
const isSilent = (inputs: Float32Array, neurons: readonly Neurons[]): boolean =>
  neurons.every((own) => {
    for (let row = 0; row * own.width < inputs.length; row++)
      for (let neuron = 0; neuron < own.count; neuron++)
        if (preActivation(own, neuron, inputs, row) >= -CERTAIN) return false;
    return true;
  });

/** Of `probes`, those whose whole answer no neuron fires on; none where neurons act before the last block. */
const withoutFiring = async (
  bindings: readonly NeuronsBinding[],
  probes: readonly ProbePrompt[],
  context: SilenceContext,
): Promise<Result<readonly ProbePrompt[]>> => {
  if (bindings.length === 0 || probes.length === 0) return ok(probes);
  const { model, graph, engine } = context;
  if (bindings.some(({ layer }) => layer !== model.layers - 1)) return ok([]);
  const block = findLastBlock(model, graph);
  if (!block.ok) return block;
  const prompts = probes.map(({ prompt }) => engine.tokenizer.encode(prompt));
  const answers = await probeAnswers("reading answers", { ...context, probes });
  if (!answers.ok) return answers;
  const sequences = prompts.map((ids, index) => [...ids, ...answers.value[index]!.tokens]);
  const read = await openFeedForwardStates(model, graph, block.value).read(sequences, EMPTY_PATCH_SET);
  if (!read.ok) return read;
  const neurons = bindings.flatMap(({ patches }) => patches.map(({ tensors }) => toNeurons(tensors)));
  const { width } = block.value.hook;
  return ok(
    probes.filter((_, index) => {
      // What the last block's FFN adds at earlier positions reaches no later one, and no answer.
      const rows = read.value[index]!.inputs.subarray((prompts[index]!.length - 1) * width);
      return answers.value[index]!.lead > CERTAIN && isSilent(rows, neurons);
    }),
  );
};

/** Of `probes`, those whose answer no binding of one kind changes, judged by the bare model's own run. */
type Silence<B> = (
  bindings: readonly B[],
  probes: readonly ProbePrompt[],
  context: SilenceContext,
) => Promise<Result<readonly ProbePrompt[]>>;

/** How silence is told for each kind, the cheapest first. */
const SILENCE: { readonly [Name in PatchKindName]: Silence<BindingOf<Name>> } = {
  // They act everywhere.
  "low-rank": async (bindings, probes) => ok(bindings.length > 0 ? [] : probes),
  codebook: outsideBalls,
  neurons: withoutFiring,
};

/**
 * The probes that are answered as the bare model answers them under every one of `sets`, so that there is no need to
 * ask: nothing of any set acts on the bare model's own run. No codebook entry's ball holds the state at the last prompt
 * token, and no neuron of the last block fires at any position from there to the answer's end, both by more than
 * batched runs differ from the decoder's. Low-rank patches, and neurons of earlier blocks, act everywhere: under such
 * a set no probe is silent.
 *
 * Errors: those of `collectBlockStates`, `probeAnswers` and the runtime; `cancelled`.
 */
export const silentProbes = async (
  sets: readonly PatchSet[],
  probes: readonly ProbePrompt[],
  context: SilenceContext,
): Promise<Result<ReadonlySet<ProbePrompt>>> => {
  let silent = probes;
  for (const [name, silence] of Object.entries(SILENCE) as [
    PatchKindName,
    Silence<BindingOf<PatchKindName>>,
  ][]) {
    if (silent.length === 0) break;
    const bindings = sets.flatMap((set) => bindingsOf(set, PATCH_KINDS[name]));
    const left = await silence(bindings, silent, context);
    if (!left.ok) return left;
    silent = left.value;
  }
  return ok(new Set(silent));
};
