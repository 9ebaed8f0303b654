import type { PreparedModel } from "../../src/core/model/prepared-model.ts";
import type { Figure, Subject } from "./figure.ts";
import { readBenchModels } from "./support/bench-models.ts";
import { startBenchService } from "./support/bench-service.ts";
import {
  type Contender,
  measurePairs,
  type Pair,
  PLAIN,
  PROMPT_TOKENS,
  ratioTo,
} from "./support/contenders.ts";
import { median } from "./support/median.ts";

const ROUNDS = 40;

const codebooks = [10, 1000, 10_000].flatMap((entries) =>
  [true, false].map((hit): Contender => {
    const name = `${entries} codebook entries, ${hit ? "hit" : "miss"}`;
    return { name, by: "engine", variant: { kind: "codebook", entries, hit }, budget: 0.96 };
  }),
);

const neurons = [
  { size: 10, firing: 10, how: "all fire" },
  { size: 1000, firing: 0, how: "none fires" },
  { size: 1000, firing: 10, how: "those of one patch fire" },
  { size: 1000, firing: 1000, how: "all fire" },
].map(
  ({ size, firing, how }): Contender => ({
    name: `${size} neurons, ${how}`,
    by: "engine",
    variant: { kind: "neurons", size, firing },
    budget: 0.8,
  }),
);

/** Each is measured beside `PLAIN`. */
const CONTENDERS: readonly Contender[] = [
  { name: "no patch", by: "engine", variant: { kind: "none" }, budget: 0.97 },
  ...codebooks,
  { name: "low-rank, rank 16", by: "engine", variant: { kind: "low-rank", rank: 16 }, budget: 0.9 },
  ...neurons,
];

const figuresOf = ({ name, budget }: Contender, { own, beside }: Pair): readonly Figure[] => {
  const perSecond = (ms: readonly number[]) => 1000 / median(ms);
  const ratio = ratioTo(beside.token, own.token);
  return [
    {
      name: `decode, ${name}`,
      value: perSecond(own.token),
      unit: "tokens/s",
      beside: { name: "plain", value: perSecond(beside.token) },
      ratio,
      budget: budget === null ? null : { text: `at least ${budget * 100} % of plain`, met: ratio >= budget },
    },
    {
      name: `prefill of ${PROMPT_TOKENS}, ${name}`,
      value: median(own.prefill),
      unit: "ms",
      beside: { name: "plain", value: median(beside.prefill) },
      ratio: ratioTo(beside.prefill, own.prefill),
      budget: null,
    },
  ];
};

/** Those that the model has hooks for. */
const possibleOn = ({ hooks }: PreparedModel): readonly Contender[] =>
  CONTENDERS.filter(
    ({ variant }) => variant.kind === "none" || hooks.some(({ kind }) => kind === variant.kind),
  );

/** Tokens a second and prefill in workerd, under every kind of patch, beside onnxruntime-web alone. */
export const serving: Subject = {
  name: "serving",
  title: "Serving in workerd, beside onnxruntime-web on the graph without patch inputs",
  measure: async (note) => {
    const models = await readBenchModels();
    const contenders = possibleOn(models.served.model);
    for (const { name } of CONTENDERS.filter((contender) => !contenders.includes(contender)))
      note(`${name}: not measured, as the default model carries no hook for it`);
    const service = await startBenchService(models);
    try {
      note(`${ROUNDS} rounds in one isolate, each run next to a plain one; ratios are medians of the pairs'`);
      const pairs = await measurePairs(service, contenders, () => PLAIN, ROUNDS);
      return [...pairs].flatMap(([contender, pair]) => figuresOf(contender, pair));
    } finally {
      await service.stop();
    }
  },
};
