import { ok, type Result } from "../../core/result.ts";
import type { EvaluationData } from "../case.ts";
import { mistakesData, worldData } from "./world.ts";
import { readWorldFacts } from "./world-facts.ts";

/** Benchmarks made of the default model's own tables, by name. */
const GENERATED = { world: worldData, mistakes: mistakesData } as const;

/** Names of `--data` that are no file. */
export const GENERATED_DATA = Object.keys(GENERATED) as readonly (keyof typeof GENERATED)[];

/** The benchmark of that name; undefined where there is none. Fails as `readWorldFacts` does. */
export const openGeneratedData = (name: string, seed: number): Result<EvaluationData> | undefined => {
  const generate = GENERATED_DATA.find((known) => known === name);
  if (generate === undefined) return undefined;
  const facts = readWorldFacts();
  return facts.ok ? ok(GENERATED[generate](facts.value, seed)) : facts;
};
