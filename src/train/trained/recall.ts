import type { Corpus } from "../../world/corpus.ts";
import { promptOf } from "../../world/facts/facts.ts";
import type { TwoHop } from "../../world/facts/two-hops.ts";
import type { BatchDecoder } from "./batch-decoder.ts";

/** Prompts decoded at once. */
const BATCH = 256;

/** A prompt, the answer that counts as right, and what it is counted under. */
export interface RecallProbe {
  readonly prompt: string;
  readonly answer: string;
  readonly relation: string;
  readonly heldOut: boolean;
}

/** Shares of prompts answered exactly, 0 to 1; null where none was asked. */
export interface RecallShares {
  readonly trained: number | null;
  readonly heldOut: number | null;
}

/** What a model is asked to measure its recall. */
export interface RecallProbes {
  readonly facts: readonly RecallProbe[];
  /** Chains that training never saw; their whole answer counts, the bridge included. */
  readonly twoHops: readonly Pick<TwoHop, "prompt" | "answer">[];
}

/** Recall over all probes and within each relation. */
export interface RecallReport extends RecallShares {
  /** Share of the held-out chains that are completed exactly, bridge and object. */
  readonly twoHop: number | null;
  readonly byRelation: Readonly<Record<string, RecallShares>>;
}

const factProbes = ({ facts, holdOut }: Corpus): RecallProbe[] =>
  facts.flatMap((fact) => {
    const probe = (heldOut: boolean) => (phrasing: number) => ({
      prompt: promptOf(fact, phrasing),
      answer: fact.object,
      relation: fact.relation.name,
      heldOut,
    });
    return [...holdOut.trained(fact).map(probe(false)), ...holdOut.heldOut(fact).map(probe(true))];
  });

/**
 * Every fact in every phrasing, trained and held out, and every held-out chain; taught mistakes count as right where
 * they are as taught.
 */
export const recallProbes = (corpus: Corpus): RecallProbes => ({
  facts: factProbes(corpus),
  twoHops: corpus.twoHops.heldOut,
});

interface EncodedProbe {
  readonly index: number;
  readonly prompt: readonly number[];
  readonly answer: readonly number[];
}

const answeredIn = async (decoder: BatchDecoder, batch: readonly EncodedProbe[]): Promise<number[]> => {
  const longest = Math.max(...batch.map(({ answer }) => answer.length));
  // One token more than the longest answer, so that one that does not end is seen not to.
  const answers = await decoder.continueAll(
    batch.map(({ prompt }) => prompt),
    longest + 1,
  );
  return batch.filter(({ answer }, row) => answers[row]!.join() === answer.join()).map(({ index }) => index);
};

/** Which probes free-running greedy decoding answers exactly, the end of the answer included: one flag for each. */
export const answerProbes = async (
  decoder: BatchDecoder,
  encode: (text: string) => readonly number[],
  probes: readonly Pick<RecallProbe, "prompt" | "answer">[],
): Promise<boolean[]> => {
  const encoded = probes.map(({ prompt, answer }, index) => ({
    index,
    prompt: encode(prompt),
    answer: encode(` ${answer}`),
  }));
  const right = new Array<boolean>(probes.length).fill(false);
  for (const group of Map.groupBy(encoded, ({ prompt }) => prompt.length).values())
    for (let start = 0; start < group.length; start += BATCH)
      for (const index of await answeredIn(decoder, group.slice(start, start + BATCH))) right[index] = true;
  return right;
};

const shareOf = (flags: readonly boolean[]): number | null =>
  flags.length === 0 ? null : flags.filter(Boolean).length / flags.length;

const sharesOf = (
  results: readonly { readonly heldOut: boolean; readonly right: boolean }[],
): RecallShares => ({
  trained: shareOf(results.filter(({ heldOut }) => !heldOut).map(({ right }) => right)),
  heldOut: shareOf(results.filter(({ heldOut }) => heldOut).map(({ right }) => right)),
});

/** Measures recall by free-running greedy decoding with exact match, over the probes and by relation. */
export const measureRecall = async (
  decoder: BatchDecoder,
  encode: (text: string) => readonly number[],
  { facts, twoHops }: RecallProbes,
): Promise<RecallReport> => {
  const flags = await answerProbes(decoder, encode, facts);
  const results = facts.map(({ relation, heldOut }, i) => ({ relation, heldOut, right: flags[i]! }));
  const groups = Map.groupBy(results, ({ relation }) => relation);
  return {
    ...sharesOf(results),
    twoHop: shareOf(await answerProbes(decoder, encode, twoHops)),
    byRelation: Object.fromEntries(Array.from(groups, ([name, members]) => [name, sharesOf(members)])),
  };
};
