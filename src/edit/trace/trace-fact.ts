import { ok, type Result } from "../../core/result.ts";
import { letEventsIn } from "../running/let-events-in.ts";
import { normalNoise } from "./trace-noise.ts";
import type { TracePrompt } from "./trace-prompt.ts";
import {
  type CleanRun,
  type Restoration,
  TRACE_SITES,
  type TraceSession,
  type TraceSite,
} from "./trace-session.ts";

/** Noisy copies that every figure is a mean over, as in the reference code. */
export const NOISY_COPIES = 10;

/** The reference restores ten blocks of the 48 of GPT-2 XL where it restores a part of them. */
const REFERENCE_WINDOW_SHARE = 10 / 48;

/** How a fact is traced. */
export interface TraceSettings {
  /** Standard deviation of the noise on the subject's embeddings. */
  readonly noise: number;
  readonly seed: number;
  /** Blocks whose FFN or attention outputs are restored together. */
  readonly window: number;
}

/** An effect for each token of the prompt and each block, [T][L]. */
export type EffectGrid = readonly (readonly number[])[];

/** What restoring brings back of one answer. */
export interface FactTrace {
  /** Probability of the answer's first token without noise, and with it. */
  readonly clean: number;
  readonly corrupted: number;
  /** The indirect effect: by how much restoring raises the corrupted probability. */
  readonly effects: Readonly<Record<TraceSite, EffectGrid>>;
}

/** The window of a model of `blocks` blocks: the reference's share of them, at least one. */
export const windowFor = (blocks: number): number => Math.max(1, Math.round(blocks * REFERENCE_WINDOW_SHARE));

/** The blocks that are restored together at `block`: the residual stream's one state, or a window of a part's. */
export const restoredBlocks = (
  site: TraceSite,
  block: number,
  window: number,
  blocks: number,
): readonly number[] => {
  if (site === "residual") return [block];
  const first = Math.max(0, block - Math.floor(window / 2));
  const end = Math.min(blocks, block + Math.ceil(window / 2));
  return Array.from({ length: end - first }, (_, offset) => first + offset);
};

/** Noise [T, d] of each copy: normal on the subject's tokens, 0 elsewhere. */
const subjectNoise = (
  { ids, subject }: TracePrompt,
  width: number,
  { noise, seed }: TraceSettings,
): readonly Float32Array[] => {
  const size = (subject.end - subject.start) * width;
  const drawn = normalNoise(NOISY_COPIES * size, noise, seed);
  return Array.from({ length: NOISY_COPIES }, (_, copy) => {
    const whole = new Float32Array(ids.length * width);
    whole.set(drawn.subarray(copy * size, (copy + 1) * size), subject.start * width);
    return whole;
  });
};

/** Every single restoration of a trace. Tokens before the subject are clean anyway. */
const gridRestorations = (
  { ids, subject }: TracePrompt,
  blocks: number,
  window: number,
): readonly Restoration[] =>
  TRACE_SITES.flatMap((site) =>
    Array.from({ length: ids.length - subject.start }, (_, offset) => subject.start + offset).flatMap(
      (position) =>
        Array.from({ length: blocks }, (_, block) => ({
          site,
          positions: [position],
          blocks: restoredBlocks(site, block, window, blocks),
        })),
    ),
  );

/**
 * Causal tracing of one fact (ROME, arXiv 2202.05262, section 2): the subject's embeddings are corrupted by noise, and
 * the indirect effect of a token and a block is what restoring its clean state alone brings back of the answer's
 * probability. The noise is the same for every restoration. Errors: `cancelled`.
 */
export const traceFact = async (
  session: TraceSession,
  prompt: TracePrompt,
  clean: CleanRun,
  answer: number,
  settings: TraceSettings,
  signal?: AbortSignal,
): Promise<Result<FactTrace>> => {
  const { blocks } = session;
  const width = session.embedding.length / clean.probabilities.length;
  const noise = subjectNoise(prompt, width, settings);
  const running = await letEventsIn(signal);
  if (!running.ok) return running;
  const nothing: Restoration = { site: "residual", positions: [], blocks: [] };
  const grid = gridRestorations(prompt, blocks, settings.window);
  const [corrupted = 0, ...restored] = await session.restore(clean, answer, noise, [nothing, ...grid]);
  const before = Array.from({ length: prompt.subject.start }, () => new Array<number>(blocks).fill(0));
  const perSite = restored.length / TRACE_SITES.length;
  const gridOf = (index: number): EffectGrid => {
    const effects = restored.slice(index * perSite, (index + 1) * perSite).map((value) => value - corrupted);
    return [
      ...before,
      ...Array.from({ length: perSite / blocks }, (_, row) =>
        effects.slice(row * blocks, (row + 1) * blocks),
      ),
    ];
  };
  return ok({
    clean: clean.probabilities[answer]!,
    corrupted,
    effects: { residual: gridOf(0), ffn: gridOf(1), attention: gridOf(2) },
  });
};
