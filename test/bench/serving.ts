import type { PreparedModel } from "../../src/core/model/prepared-model.ts";
import type { Figure, Subject } from "./figure.ts";
import { readBenchModels } from "./support/bench-models.ts";
import { type BenchService, startBenchService } from "./support/bench-service.ts";
import { median } from "./support/median.ts";
import type { PatchVariant } from "./variant.ts";

/** Tokens of the prompt; with the answer they fill the default model's context. */
const PROMPT_TOKENS = 16;
const ANSWER_TOKENS = 48;
/** Prefills in one request; the difference to a request with one is free of what the request itself takes. */
const PREFILL_REPEATS = 5;
/** Short turns, and many of them: what else the machine does then meets all contenders alike. */
const ROUNDS = 40;

/** Any tokens do: what they are does not matter to the time. */
const PROMPT = Array.from({ length: PROMPT_TOKENS }, (_, index) => 300 + 17 * index);

interface Contender {
  readonly name: string;
  /** Null for onnxruntime-web alone. */
  readonly variant: PatchVariant | null;
  /** Least share of the plain tokens/s that the design asks for; null where it names none. */
  readonly budget: number | null;
}

const codebooks = [1, 100, 1000].flatMap((entries) =>
  [true, false].map((hit): Contender => {
    const name = `${entries} codebook ${entries === 1 ? "entry" : "entries"}, ${hit ? "hit" : "miss"}`;
    return { name, variant: { kind: "codebook", entries, hit }, budget: 0.96 };
  }),
);

/** Each is measured beside `PLAIN`. */
const CONTENDERS: readonly Contender[] = [
  { name: "no patch", variant: { kind: "none" }, budget: 0.97 },
  ...codebooks,
  { name: "low-rank, rank 16", variant: { kind: "low-rank", rank: 16 }, budget: 0.9 },
  { name: "1000 neurons", variant: { kind: "neurons", size: 1000 }, budget: 0.8 },
];
const PLAIN: Contender = { name: "plain onnxruntime-web", variant: null, budget: null };

/** Milliseconds of one prefill and of one decoded token, one number a round. */
interface Times {
  readonly prefill: number[];
  readonly token: number[];
}

const checkHit = ({ name, variant }: Contender, hit: boolean | null): void => {
  const expected = variant?.kind === "codebook" ? variant.hit : null;
  if (hit !== expected) throw new Error(`${name}: expected hit ${expected}, got ${hit}`);
};

const measureRound = async ({ measure }: BenchService, contender: Contender, times: Times): Promise<void> => {
  const { variant } = contender;
  const ask = (tokens: number, repeats: number) => measure({ variant, prompt: PROMPT, tokens, repeats });
  const once = await ask(0, 1);
  const several = await ask(0, PREFILL_REPEATS);
  const whole = await ask(ANSWER_TOKENS, 1);
  checkHit(contender, whole.hit);
  times.prefill.push((several.ms - once.ms) / (PREFILL_REPEATS - 1));
  // The last token is chosen and not run, so an answer of n tokens takes n - 1 steps after the prefill.
  times.token.push((whole.ms - once.ms) / (ANSWER_TOKENS - 1));
};

/** A contender's times, and those of the plain runs next to them, round for round. */
interface Pair {
  readonly own: Times;
  readonly plain: Times;
}

const newPair = (): Pair => ({ own: { prefill: [], token: [] }, plain: { prefill: [], token: [] } });

/** One run of a contender and one of plain decoding, one right after the other; who is first changes each round. */
const measurePair = async (
  service: BenchService,
  contender: Contender,
  pair: Pair,
  round: number,
): Promise<void> => {
  if (round % 2 === 0) await measureRound(service, PLAIN, pair.plain);
  await measureRound(service, contender, pair.own);
  if (round % 2 === 1) await measureRound(service, PLAIN, pair.plain);
};

const measureAll = async (
  service: BenchService,
  contenders: readonly Contender[],
): Promise<ReadonlyMap<Contender, Pair>> => {
  const pairs = new Map(contenders.map((contender) => [contender, newPair()]));
  for (const contender of contenders) await measurePair(service, contender, newPair(), 0);
  for (let round = 0; round < ROUNDS; round++)
    for (const [contender, pair] of pairs) await measurePair(service, contender, pair, round);
  return pairs;
};

const ratioTo = (plain: readonly number[], times: readonly number[]): number =>
  median(plain.map((ms, round) => ms / times[round]!));

const figuresOf = ({ name, budget }: Contender, { own, plain }: Pair): readonly Figure[] => {
  const perSecond = (ms: readonly number[]) => 1000 / median(ms);
  const ratio = ratioTo(plain.token, own.token);
  return [
    {
      name: `decode, ${name}`,
      value: perSecond(own.token),
      unit: "tokens/s",
      beside: { name: "plain", value: perSecond(plain.token) },
      ratio,
      budget: budget === null ? null : { text: `at least ${budget * 100} % of plain`, met: ratio >= budget },
    },
    {
      name: `prefill of ${PROMPT_TOKENS}, ${name}`,
      value: median(own.prefill),
      unit: "ms",
      beside: { name: "plain", value: median(plain.prefill) },
      ratio: ratioTo(plain.prefill, own.prefill),
      budget: null,
    },
  ];
};

/** Those that the model has hooks for. */
const possibleOn = ({ hooks }: PreparedModel): readonly Contender[] =>
  CONTENDERS.filter(
    ({ variant }) => variant?.kind === "none" || hooks.some(({ kind }) => kind === variant?.kind),
  );

/** Tokens a second and prefill in workerd, under every kind of patch, beside onnxruntime-web alone. */
export const serving: Subject = {
  name: "serving",
  title: "Serving in workerd, beside onnxruntime-web on the graph without patch inputs",
  measure: async (note) => {
    const models = await readBenchModels();
    const contenders = possibleOn(models.instrumented.model);
    for (const { name } of CONTENDERS.filter((contender) => !contenders.includes(contender)))
      note(`${name}: not measured, as the default model carries no hook for it`);
    const service = await startBenchService(models);
    try {
      note(`${ROUNDS} rounds in one isolate, each run next to a plain one; ratios are medians of the pairs'`);
      const pairs = await measureAll(service, contenders);
      return [...pairs].flatMap(([contender, pair]) => figuresOf(contender, pair));
    } finally {
      await service.stop();
    }
  },
};
