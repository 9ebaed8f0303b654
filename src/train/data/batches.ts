import { getOrInsert } from "../../core/get-or-insert.ts";
import { randomFor, shuffled } from "../../optim/random.ts";
import { END_OF_TEXT_ID } from "../tokenizer/tokenizer-file.ts";
import type { Segment, Sequence } from "./epoch-sequences.ts";

/** Input lengths that batches are padded to: one session is compiled for each. The last is cut to the context. */
const LENGTHS = [10, 12, 14, 16, 20, 28, 32, 44];

/** A tokenized sequence: each token, and what predicting it counts in the loss. */
export interface EncodedSequence {
  readonly ids: readonly number[];
  readonly weights: readonly number[];
}

/** Rows of one length, right-padded: the input of one training step. */
export interface Batch {
  readonly rows: number;
  readonly length: number;
  /** [rows, length] */
  readonly inputs: Int32Array;
  /** [rows, length]: the token that follows each input. */
  readonly targets: Int32Array;
  /** [rows, length]: what each target counts; sums to 1, so that the loss is a weighted mean. */
  readonly weights: Float32Array;
}

/** Tokenizes sequences, remembering the segments it has seen: they return every epoch. */
export const sequenceEncoder = (
  encode: (text: string) => readonly number[],
  promptWeight: number,
  context: number,
): ((sequence: Sequence) => EncodedSequence) => {
  const known = new Map<string, readonly number[]>();
  const encodeText = (text: string): readonly number[] => getOrInsert(known, text, () => encode(text));
  const weightOf = { "lead-in": 0, prompt: promptWeight, answer: 1 } as const;
  const encodeSegment = ({ role, text }: Segment): EncodedSequence => {
    const end = role === "answer" ? [END_OF_TEXT_ID] : [];
    const ids = role === "lead-in" ? encode(text) : encodeText(text);
    return { ids: [...ids, ...end], weights: [...ids, ...end].map(() => weightOf[role]) };
  };
  return (sequence) => {
    const parts = sequence.map(encodeSegment);
    const ids = parts.flatMap((part) => part.ids);
    const weights = parts.flatMap((part) => part.weights);
    // The answer stands at the end, so a sequence over the context loses its beginning.
    return { ids: ids.slice(-context - 1), weights: weights.slice(-context - 1) };
  };
};

/** Lengths that batches may have for a model of `context` positions. */
export const batchLengths = (context: number): number[] => [
  ...LENGTHS.filter((length) => length < context),
  context,
];

/** Rows of a batch of `length` when a step takes `tokens` tokens. */
export const rowsFor = (tokens: number, length: number): number => Math.max(1, Math.floor(tokens / length));

const toBatch = (sequences: readonly EncodedSequence[], length: number): Batch => {
  const rows = sequences.length;
  const inputs = new Int32Array(rows * length).fill(END_OF_TEXT_ID);
  const targets = new Int32Array(rows * length).fill(END_OF_TEXT_ID);
  const weights = new Float32Array(rows * length);
  let total = 0;
  for (const [row, { ids, weights: counts }] of sequences.entries())
    for (let i = 0; i + 1 < ids.length; i++) {
      inputs[row * length + i] = ids[i]!;
      targets[row * length + i] = ids[i + 1]!;
      weights[row * length + i] = counts[i + 1]!;
      total += counts[i + 1]!;
    }
  for (let i = 0; i < weights.length; i++) weights[i]! /= total;
  return { rows, length, inputs, targets, weights };
};

/** `items` brought to `count` by starting over from `source`. */
const topUp = <Item>(items: readonly Item[], count: number, source: readonly Item[]): Item[] =>
  Array.from({ length: count }, (_, i) => items[i] ?? source[(i - items.length) % source.length]!);

/**
 * Groups an epoch's sequences into batches of `tokens` tokens, by length: what does not fill a batch moves to
 * the next length, and the last batch is filled up with sequences from the start. Shuffled by `seedParts`.
 */
export const packBatches = (
  sequences: readonly EncodedSequence[],
  tokens: number,
  context: number,
  ...seedParts: (string | number)[]
): Batch[] => {
  const groups: { length: number; members: EncodedSequence[] }[] = [];
  let carried: EncodedSequence[] = [];
  let shortest = 0;
  for (const length of batchLengths(context)) {
    const fits = sequences.filter(({ ids }) => ids.length - 1 > shortest && ids.length - 1 <= length);
    shortest = length;
    const waiting = [...carried, ...fits];
    const rows = rowsFor(tokens, length);
    const whole = Math.floor(waiting.length / rows) * rows;
    for (let start = 0; start < whole; start += rows)
      groups.push({ length, members: waiting.slice(start, start + rows) });
    carried = waiting.slice(whole);
  }
  if (carried.length > 0)
    groups.push({ length: context, members: topUp(carried, rowsFor(tokens, context), sequences) });
  return shuffled(groups, randomFor(...seedParts)).map(({ length, members }) => toBatch(members, length));
};
