import { type Decoder, type MeasureReply, NEURONS_OF_PATCH, type PatchVariant } from "../variant.ts";
import type { BenchService } from "./bench-service.ts";
import { median } from "./median.ts";

/** Tokens of the prompt; with the answer they fill the default model's context. */
export const PROMPT_TOKENS = 16;
const ANSWER_TOKENS = 48;
/** Prefills in one request; the difference to a request with one is free of what the request itself takes. */
const PREFILL_REPEATS = 5;

/** Any tokens do: what they are does not matter to the time. */
export const PROMPT = Array.from({ length: PROMPT_TOKENS }, (_, index) => 300 + 17 * index);

/** What is measured. */
export interface Contender {
  readonly name: string;
  readonly by: Decoder;
  readonly variant: PatchVariant;
  /** Least share of the tokens/s of what it is measured beside that the design asks for; null where it names none. */
  readonly budget: number | null;
}

/** onnxruntime-web and nothing else. */
export const PLAIN: Contender = {
  name: "plain onnxruntime-web",
  by: "plain",
  variant: { kind: "none" },
  budget: null,
};

/** Milliseconds of one prefill and of one decoded token, one number a round. */
export interface Times {
  readonly prefill: number[];
  readonly token: number[];
}

const firedOf = (variant: PatchVariant): number => {
  if (variant.kind === "codebook") return Number(variant.hit);
  return variant.kind === "neurons" ? variant.firing / NEURONS_OF_PATCH : 0;
};

/** Throws where a run did not do what it is measured for. */
const checkEffects = ({ name, by, variant }: Contender, { hit, fired }: MeasureReply): void => {
  const expected = by !== "plain" && variant.kind === "codebook" ? variant.hit : null;
  if (hit !== expected) throw new Error(`${name}: expected hit ${expected}, got ${hit}`);
  if (by === "engine" && fired !== firedOf(variant)) throw new Error(`${name}: ${fired} patches fired`);
};

const measureRound = async ({ measure }: BenchService, contender: Contender, times: Times): Promise<void> => {
  const { by, variant } = contender;
  const ask = (tokens: number, repeats: number) => measure({ by, variant, prompt: PROMPT, tokens, repeats });
  const once = await ask(0, 1);
  const several = await ask(0, PREFILL_REPEATS);
  const whole = await ask(ANSWER_TOKENS, 1);
  checkEffects(contender, whole);
  times.prefill.push((several.ms - once.ms) / (PREFILL_REPEATS - 1));
  // The last token is chosen and not run, so an answer of n tokens takes n - 1 steps after the prefill.
  times.token.push((whole.ms - once.ms) / (ANSWER_TOKENS - 1));
};

/** A contender's times, and those of what it is measured beside, round for round. */
export interface Pair {
  readonly own: Times;
  readonly beside: Times;
}

const newPair = (): Pair => ({ own: { prefill: [], token: [] }, beside: { prefill: [], token: [] } });

/** One run of a contender and one of the other, one right after the other; who is first changes each round. */
const measurePair = async (
  service: BenchService,
  [contender, other]: readonly [Contender, Contender],
  pair: Pair,
  round: number,
): Promise<void> => {
  if (round % 2 === 0) await measureRound(service, other, pair.beside);
  await measureRound(service, contender, pair.own);
  if (round % 2 === 1) await measureRound(service, other, pair.beside);
};

/**
 * Measures each contender beside `besideOf` it, turn by turn, after one turn that warms up. Short turns, and many of
 * them: what else the machine does then meets all alike.
 */
export const measurePairs = async (
  service: BenchService,
  contenders: readonly Contender[],
  besideOf: (contender: Contender) => Contender,
  rounds: number,
): Promise<ReadonlyMap<Contender, Pair>> => {
  const pairs = new Map(contenders.map((contender) => [contender, newPair()]));
  const turn = (contender: Contender, pair: Pair, round: number) =>
    measurePair(service, [contender, besideOf(contender)], pair, round);
  for (const contender of contenders) await turn(contender, newPair(), 0);
  for (let round = 0; round < rounds; round++)
    for (const [contender, pair] of pairs) await turn(contender, pair, round);
  return pairs;
};

/** How many times as fast as `beside` something was: the median over rounds. */
export const ratioTo = (beside: readonly number[], times: readonly number[]): number =>
  median(beside.map((ms, round) => ms / times[round]!));
