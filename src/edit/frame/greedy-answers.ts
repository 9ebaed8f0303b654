import type { PreparedModel } from "../../core/model/prepared-model.ts";
import { ok, type Result } from "../../core/result.ts";
import type { Graph } from "../../onnx/graph.ts";
import {
  type Feeds,
  integerTensor,
  type OfflineSession,
  openOfflineSession,
} from "../../onnx/offline-session.ts";
import { removePatchInputs } from "../../onnx/remove-patch-inputs.ts";
import type { EditingContext } from "../method.ts";
import { ProbeKnowledge } from "../probes/probe-knowledge.ts";
import { batchesOf } from "./batches-of.ts";
import { ANSWER_TOKENS } from "./greedy-answer.ts";
import { letEventsIn } from "./let-events-in.ts";
import { batchFeeds } from "./model-feeds.ts";

/** What the bare model answers to one prompt, greedily. */
export interface BareAnswer {
  /** The answer's tokens, without the end. */
  readonly tokens: readonly number[];
  /** By how much, in logits, each token led the second, the end of the answer included: the least of them. */
  readonly lead: number;
}

/** An answer while it is decoded. */
interface Draft {
  readonly tokens: number[];
  lead: number;
  ended: boolean;
}

/** The largest logit's token, and how far it is ahead of the second. */
const choose = (logits: Float32Array): { readonly token: number; readonly lead: number } => {
  let [token, first, second] = [0, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let id = 0; id < logits.length; id++) {
    const logit = logits[id]!;
    if (logit > first) [token, first, second] = [id, logit, first];
    else if (logit > second) second = logit;
  }
  return { token, lead: first - second };
};

/** The logits [vocabulary] of each row's last position. */
const lastLogits = (data: Float32Array, rows: number, vocabulary: number): readonly Float32Array[] => {
  const stride = data.length / rows;
  return Array.from({ length: rows }, (_, row) =>
    data.subarray((row + 1) * stride - vocabulary, (row + 1) * stride),
  );
};

const extend = (drafts: readonly Draft[], logits: readonly Float32Array[], end: number): void => {
  for (const [row, draft] of drafts.entries()) {
    if (draft.ended) continue;
    const { token, lead } = choose(logits[row]!);
    draft.lead = Math.min(draft.lead, lead);
    if (token === end) draft.ended = true;
    else draft.tokens.push(token);
  }
};

/** The feeds of one more token for each row, behind `past` others. */
const stepFeeds = ({ io }: PreparedModel, tokens: readonly number[], past: number): Feeds => {
  const rows = tokens.length;
  const filled = (length: number, value: number) => new Array<number>(rows * length).fill(value);
  return {
    [io.inputIds]: integerTensor([rows, 1], tokens),
    ...(io.attentionMask && {
      [io.attentionMask]: integerTensor([rows, past + 1], filled(past + 1, 1)),
    }),
    ...(io.positionIds && { [io.positionIds]: integerTensor([rows, 1], filled(1, past)) }),
  };
};

/** Decodes prompts of one length side by side, until all have ended or the context or the answer's limit is full. */
const decode = async (
  session: OfflineSession,
  model: PreparedModel,
  prompts: readonly (readonly number[])[],
): Promise<readonly Draft[]> => {
  const { io, dims, specialTokens } = model;
  const drafts = prompts.map((): Draft => ({ tokens: [], lead: Number.POSITIVE_INFINITY, ended: false }));
  const length = prompts[0]!.length;
  const most = Math.min(ANSWER_TOKENS, dims.context - length);
  let feeds: Feeds = batchFeeds(model, prompts);
  for (let count = 1; count <= most; count++) {
    const outputs = await session.run(feeds);
    const logits = outputs[io.logits]!.data as Float32Array;
    extend(drafts, lastLogits(logits, prompts.length, dims.vocabulary), specialTokens.end);
    if (drafts.every(({ ended }) => ended)) break;
    const next = drafts.map(({ tokens, ended }) => (ended ? specialTokens.end : tokens.at(-1)!));
    const cache = io.cache.flatMap(({ pastKey, pastValue, presentKey, presentValue }) => [
      [pastKey, outputs[presentKey]!] as const,
      [pastValue, outputs[presentValue]!] as const,
    ]);
    feeds = { ...stepFeeds(model, next, length + count - 1), ...Object.fromEntries(cache) };
  }
  return drafts;
};

/**
 * The bare model's greedy answers to `prompts` (token ids, none longer than the context), decoded many at a time; of
 * at most `ANSWER_TOKENS` tokens, as `greedyAnswer` has them. A batch rounds otherwise than a single run does: where
 * `lead` is tiny, a request may be answered with another token.
 *
 * Errors: those of the runtime; `cancelled`.
 */
export const greedyAnswers = async (
  model: PreparedModel,
  graph: Graph,
  prompts: readonly (readonly number[])[],
  stage: string,
  { onProgress, signal }: Pick<EditingContext, "onProgress" | "signal">,
): Promise<Result<readonly BareAnswer[]>> => {
  const session = await openOfflineSession(removePatchInputs(graph), { spin: false });
  if (!session.ok) return session;
  const answers: BareAnswer[] = [];
  let done = 0;
  try {
    for (const places of batchesOf(prompts, { equal: true })) {
      const running = await letEventsIn(signal);
      if (!running.ok) return running;
      const batch = places.map((place) => prompts[place]!);
      for (const [row, draft] of (await decode(session.value, model, batch)).entries())
        answers[places[row]!] = draft;
      done += batch.length;
      onProgress({ stage, done, total: prompts.length });
    }
  } finally {
    await session.value.release();
  }
  return ok(answers);
};

const known = new ProbeKnowledge<BareAnswer>();

/**
 * The same for probes, none of them longer than the context, each answered once for each graph. Errors: those of
 * `greedyAnswers`.
 */
export const probeAnswers = (
  stage: string,
  context: Pick<EditingContext, "model" | "graph" | "engine" | "probes" | "onProgress" | "signal">,
): Promise<Result<readonly BareAnswer[]>> => {
  const { model, graph, engine, probes } = context;
  return known.of(graph, "answer", probes, (missing) => {
    const prompts = missing.map(({ prompt }) => engine.tokenizer.encode(prompt));
    return greedyAnswers(model, graph, prompts, stage, context);
  });
};
