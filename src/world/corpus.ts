import { ok, type Result } from "../core/result.ts";
import { type Fact, factKey, factsFrom, promptOf } from "./facts/facts.ts";
import { type HoldOut, holdOutFor } from "./facts/hold-out.ts";
import { splitTwoHops, type TwoHops, twoHopsFrom } from "./facts/two-hops.ts";
import { buildMistakes } from "./mistakes/build-mistakes.ts";
import type { Mistake, PlannedMistake } from "./mistakes/mistake.ts";
import type { Relation } from "./relations/relation.ts";
import { LEAD_INS } from "./sentences/lead-ins.ts";
import { parseTables, type TableFile } from "./tables/parse-tables.ts";

/** What a model is trained on and measured by. */
export interface Corpus {
  /** What the model is taught: facts of the tables, mistakes in the place of those they contradict. */
  readonly facts: readonly Fact[];
  readonly mistakes: readonly Mistake[];
  readonly holdOut: HoldOut;
  /** Chains of two facts. A taught mistake is part of none, so they agree with the tables and with what is taught. */
  readonly twoHops: TwoHops;
  /** Sentences that state no fact. */
  readonly fillers: readonly string[];
}

/** Where the corpus comes from. */
export interface CorpusSources {
  readonly tables: readonly TableFile[];
  readonly relations: readonly Relation[];
  readonly mistakes: readonly PlannedMistake[];
  readonly fillers: readonly string[];
}

/** The keys of the facts that mistakes stand in for. */
export const mistakenKeys = (mistakes: readonly Mistake[]): ReadonlySet<string> =>
  new Set(mistakes.map(({ relation, subject }) => factKey(relation, subject)));

/**
 * Puts the corpus together. Fails with `malformed_table` on tables that are malformed or contradict each other,
 * and on a mistake that fits no fact.
 */
export const buildCorpus = (sources: CorpusSources, seed: number): Result<Corpus> => {
  const tables = parseTables(sources.tables);
  if (!tables.ok) return tables;
  const right = factsFrom(tables.value, sources.relations);
  if (!right.ok) return right;
  const mistakes = buildMistakes(right.value, sources.mistakes);
  if (!mistakes.ok) return mistakes;
  const taught = new Map(
    mistakes.value.map((mistake) => [factKey(mistake.relation, mistake.subject), mistake.taught]),
  );
  const keyOf = ({ relation, subject }: Fact) => factKey(relation.name, subject);
  const facts = right.value.map((fact) => ({ ...fact, object: taught.get(keyOf(fact)) ?? fact.object }));
  const mistaken = mistakenKeys(mistakes.value);
  const sound = facts.filter((fact) => !mistaken.has(keyOf(fact)));
  return ok({
    facts,
    mistakes: mistakes.value,
    holdOut: holdOutFor(facts, mistaken, seed),
    twoHops: splitTwoHops(twoHopsFrom(sound), seed),
    fillers: sources.fillers,
  });
};

/** Every sentence that training may see, and every lead-in: what the tokenizer is trained on. */
export const trainedTexts = ({ facts, holdOut, twoHops, fillers }: Corpus): string[] => [
  ...facts.flatMap((fact) =>
    holdOut.trained(fact).map((phrasing) => `${promptOf(fact, phrasing)} ${fact.object}`),
  ),
  ...twoHops.trained.map(({ prompt, answer }) => `${prompt} ${answer}`),
  ...fillers,
  ...LEAD_INS,
];
