import { cacheTensors } from "../core/model/cache-form.ts";
import { endsAnswer, type PreparedModel } from "../core/model/prepared-model.ts";
import { batchFeeds, type FedModel } from "./model-feeds.ts";
import { type Feeds, integerTensor, type OfflineSession, type OfflineTensor } from "./offline-session.ts";

/** What a model says after a prompt. */
export interface Continuation {
  /** Without the end. */
  readonly tokens: readonly number[];
  /** By how much, in logits, each token led the second, the end included: the least of them. */
  readonly lead: number;
}

/** A continuation while it is decoded. */
interface Draft {
  readonly tokens: number[];
  lead: number;
  ended: boolean;
}

/** What decoding takes of a model. */
export interface DecodedModel extends FedModel {
  readonly specialTokens: Pick<PreparedModel["specialTokens"], "end" | "furtherEnds">;
}

/** The largest logit's token, the first of equals, and how far it is ahead of the second. */
const choose = (logits: Float32Array): { readonly token: number; readonly lead: number } => {
  let [token, first, second] = [0, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let id = 0; id < logits.length; id++) {
    const logit = logits[id]!;
    if (logit > first) [token, first, second] = [id, logit, first];
    else if (logit > second) second = logit;
  }
  return { token, lead: first - second };
};

/** Adds to each draft what `logits` [batch, length, vocabulary] say at the last position of its row. */
const extend = (
  drafts: readonly Draft[],
  { shape, data }: OfflineTensor,
  ends: DecodedModel["specialTokens"],
): void => {
  const [, length, vocabulary] = shape as [number, number, number];
  for (const [row, draft] of drafts.entries()) {
    if (draft.ended) continue;
    const after = (row + 1) * length * vocabulary;
    const { token, lead } = choose((data as Float32Array).subarray(after - vocabulary, after));
    draft.lead = Math.min(draft.lead, lead);
    if (endsAnswer(ends, token)) draft.ended = true;
    else draft.tokens.push(token);
  }
};

/** The feeds of one more token for each row, behind the `past` others that `outputs` hold the cache of. */
const stepFeeds = (model: FedModel, tokens: readonly number[], past: number, outputs: Feeds): Feeds => {
  const { io } = model;
  const rows = tokens.length;
  const filled = (length: number, value: number) => new Array<number>(rows * length).fill(value);
  const cache = cacheTensors(model).map(({ past, present }) => [past, outputs[present]!] as const);
  return {
    [io.inputIds]: integerTensor([rows, 1], tokens),
    ...(io.attentionMask && {
      [io.attentionMask]: integerTensor([rows, past + 1], filled(past + 1, 1)),
    }),
    ...(io.positionIds && { [io.positionIds]: integerTensor([rows, 1], filled(1, past)) }),
    ...Object.fromEntries(cache),
  };
};

/**
 * Continues prompts, token ids all of one length, greedily and side by side: each until a token that ends it, or for `longest`
 * tokens. `session` holds the graph of `model` without patch inputs. A batch rounds otherwise than a single row does:
 * where `lead` is tiny, a row alone may go on with another token.
 */
export const continueGreedily = async (
  session: OfflineSession,
  model: DecodedModel,
  prompts: readonly (readonly number[])[],
  longest: number,
): Promise<readonly Continuation[]> => {
  const { end } = model.specialTokens;
  const drafts = prompts.map((): Draft => ({ tokens: [], lead: Number.POSITIVE_INFINITY, ended: false }));
  const length = prompts[0]!.length;
  let feeds = batchFeeds(model, prompts);
  for (let count = 0; count < longest; count++) {
    const outputs = await session.run(feeds);
    extend(drafts, outputs[model.io.logits]!, model.specialTokens);
    if (drafts.every(({ ended }) => ended)) break;
    const next = drafts.map(({ tokens, ended }) => (ended ? end : tokens.at(-1)!));
    feeds = stepFeeds(model, next, length + count, outputs);
  }
  return drafts;
};
