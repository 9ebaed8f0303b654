import { ok, type Result } from "../../core/result.ts";
import type { Graph } from "../../onnx/graph.ts";
import {
  floatTensor,
  integerTensor,
  type OfflineSession,
  type OfflineTensor,
  openOfflineSession,
} from "../../onnx/offline-session.ts";
import type { TrainConfig } from "../config.ts";
import { servingGraph } from "../decoder/decoder-graph.ts";
import { parametersOf } from "../decoder/parameters.ts";
import { END_OF_TEXT_ID } from "../tokenizer/tokenizer-file.ts";

/** Continues many prompts at once, for measuring a model while and after it is trained. */
export interface BatchDecoder {
  /**
   * Free-running greedy decoding of prompts that all have the same number of tokens: each continuation ends before
   * the end-of-text token, or after `longest` tokens.
   */
  continueAll(prompts: readonly (readonly number[])[], longest: number): Promise<number[][]>;
  /** Frees the session. */
  release(): Promise<void>;
}

/** What a run of the serving graph leaves for the next one. */
type Cache = Readonly<Record<string, OfflineTensor>>;

const emptyCache = ({ layers, heads, width }: DecoderDims, batch: number): Cache => {
  const none = () => floatTensor([batch, heads, 0, width / heads], new Float32Array(0));
  const names = Array.from({ length: layers }, (_, l) => [
    `past_key_values.${l}.key`,
    `past_key_values.${l}.value`,
  ]);
  return Object.fromEntries(names.flat().map((name) => [name, none()]));
};

const presentsAsPasts = (outputs: Readonly<Record<string, OfflineTensor>>): Cache =>
  Object.fromEntries(
    Object.entries(outputs)
      .filter(([name]) => name.startsWith("present."))
      .map(([name, tensor]) => [name.replace("present.", "past_key_values."), tensor]),
  );

/** The likeliest token after the last position of each row; `logits` is [batch, length, vocabulary]. */
const likeliest = ({ shape, data }: OfflineTensor): number[] => {
  const [batch, length, vocabulary] = shape as [number, number, number];
  return Array.from({ length: batch }, (_, row) => {
    const start = ((row + 1) * length - 1) * vocabulary;
    let best = 0;
    for (let token = 1; token < vocabulary; token++)
      if ((data[start + token] as number) > (data[start + best] as number)) best = token;
    return best;
  });
};

const runOnce = async (
  session: OfflineSession,
  rows: readonly (readonly number[])[],
  past: number,
  cache: Cache,
): Promise<{ tokens: number[]; cache: Cache }> => {
  const [batch, length] = [rows.length, rows[0]!.length];
  const positions = rows.flatMap(() => Array.from({ length }, (_, i) => past + i));
  const outputs = await session.run({
    input_ids: integerTensor([batch, length], rows.flat()),
    position_ids: integerTensor([batch, length], positions),
    attention_mask: integerTensor([batch, past + length], new Uint8Array(batch * (past + length)).fill(1)),
    ...cache,
  });
  return { tokens: likeliest(outputs.logits!), cache: presentsAsPasts(outputs) };
};

/** What a batched decoder must know of a model. */
type DecoderDims = Pick<TrainConfig["model"], "layers" | "heads" | "width">;

/** Opens the serving graph of `weights` for batched decoding; fails as the offline session does. */
export const openBatchDecoder = (
  { model, threads }: Pick<TrainConfig, "model" | "threads">,
  weights: Float32Array,
): Promise<Result<BatchDecoder>> =>
  openGraphDecoder(servingGraph(model, parametersOf(model), weights), model, threads);

/** The same for a serving graph with its weights in it, as the trainer writes them and without patch inputs. */
export const openGraphDecoder = async (
  graph: Graph,
  model: DecoderDims,
  threads: number,
): Promise<Result<BatchDecoder>> => {
  const opened = await openOfflineSession(graph, { threads });
  if (!opened.ok) return opened;
  const session = opened.value;
  return ok({
    async continueAll(prompts, longest) {
      const continuations: number[][] = prompts.map(() => []);
      const ended = new Set<number>();
      let rows = prompts;
      let cache = emptyCache(model, prompts.length);
      let past = 0;
      for (let count = 0; count < longest && ended.size < prompts.length; count++) {
        const result = await runOnce(session, rows, past, cache);
        past += rows[0]!.length;
        cache = result.cache;
        rows = result.tokens.map((token) => [token]);
        for (const [row, token] of result.tokens.entries()) {
          if (token === END_OF_TEXT_ID) ended.add(row);
          if (!ended.has(row)) continuations[row]!.push(token);
        }
      }
      return continuations;
    },
    release: () => session.release(),
  });
};
