import type { Figure, Subject } from "./figure.ts";
import { buildAlternatives, readBenchModels } from "./support/bench-models.ts";
import { type BenchService, startBenchService } from "./support/bench-service.ts";
import {
  type Contender,
  measurePairs,
  type Pair,
  PROMPT,
  PROMPT_TOKENS,
  ratioTo,
} from "./support/contenders.ts";
import { median } from "./support/median.ts";

const ROUNDS = 20;
const SIZES = [10, 1000, 10_000];
/** Keys looked at in one request; the difference to a request for one search is free of what the request takes. */
const SEARCHED_KEYS = 500_000;
/** Most searches of one request: those of few keys cost mostly the call. */
const MOST_SEARCHES = 5000;

/** The other ways to consult a codebook, by the names that figures give them. */
const ALTERNATIVES = { "in-graph": "in the graph", split: "graph in two" } as const;
type Alternative = keyof typeof ALTERNATIVES;

/** Each alternative at each size, to be measured beside the engine on the same codebook. */
const CONTENDERS: readonly Contender[] = SIZES.flatMap((entries) =>
  [true, false].flatMap((hit) =>
    (Object.keys(ALTERNATIVES) as Alternative[]).map((by) => ({
      name: `${entries} entries, ${hit ? "hit" : "miss"}`,
      by,
      variant: { kind: "codebook", entries, hit } as const,
      budget: null,
    })),
  ),
);

/** The engine's figures, beside the alternative's: above 100 % the engine is faster. */
const figuresOf = ({ name, by }: Contender, { own, beside }: Pair): readonly Figure[] => {
  const alternative = ALTERNATIVES[by as Alternative];
  const figure = (part: keyof Pair["own"], title: string): Figure => ({
    name: `${title}, ${name}`,
    value: median(beside[part]),
    unit: "ms",
    beside: { name: alternative, value: median(own[part]) },
    ratio: ratioTo(own[part], beside[part]),
    budget: null,
  });
  return [figure("prefill", `prefill of ${PROMPT_TOKENS}`), figure("token", "decoded token")];
};

const timeSearches = async (
  { search }: BenchService,
  by: "kernel" | "javascript",
  entries: number,
): Promise<number> => {
  const ask = (repeats: number) => search({ by, entries, prompt: PROMPT, repeats });
  const repeats = Math.min(SEARCHED_KEYS / entries, MOST_SEARCHES);
  const once = await ask(1);
  const several = await ask(repeats);
  if (several.index !== entries - 1) throw new Error(`${by}: found entry ${several.index} of ${entries}`);
  return (several.ms - once.ms) / (repeats - 1);
};

/** One search by the kernel, beside the same in JavaScript. */
const measureSearch = async (service: BenchService, entries: number): Promise<Figure> => {
  const times = { kernel: [] as number[], javascript: [] as number[] };
  for (let round = 0; round <= ROUNDS; round++)
    for (const by of ["kernel", "javascript"] as const) {
      const ms = await timeSearches(service, by, entries);
      if (round > 0) times[by].push(ms);
    }
  return {
    name: `search of ${entries} keys`,
    value: 1000 * median(times.kernel),
    unit: "µs",
    beside: { name: "JavaScript", value: 1000 * median(times.javascript) },
    ratio: ratioTo(times.javascript, times.kernel),
    budget: null,
  };
};

/** Three ways to consult a codebook: ours, which searches outside and repeats a token on a hit, beside the others. */
export const codebook: Subject = {
  name: "codebook",
  title: "Consulting a codebook in workerd: outside of the graph, beside in the graph and between two graphs",
  measure: async (note) => {
    const models = await readBenchModels();
    const service = await startBenchService(models, buildAlternatives(models.served));
    try {
      note(
        `${ROUNDS} rounds in one isolate, ours next to the other; ratios above 100 % say that ours is faster`,
      );
      const ours = (contender: Contender): Contender => ({ ...contender, by: "engine" });
      const pairs = await measurePairs(service, CONTENDERS, ours, ROUNDS);
      const figures = [...pairs].flatMap(([contender, pair]) => figuresOf(contender, pair));
      for (const entries of SIZES) figures.push(await measureSearch(service, entries));
      return figures;
    } finally {
      await service.stop();
    }
  },
};
