import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { type ModelTrace, TOKEN_ROLES } from "../../core/model/model-trace.ts";
import { type AverageTrace, adviseSite, type RoleEffects } from "../../edit/trace/average-traces.ts";
import type { TraceSettings } from "../../edit/trace/trace-fact.ts";
import { MODEL_FILES, type ModelDirectory } from "../directories/model-directory.ts";

/** Enough digits to tell effects apart, few enough to read. */
const rounded = (value: number): number => Number(value.toFixed(4));

const roundedEffects = (effects: RoleEffects): ModelTrace["effects"]["ffn"] => {
  const roles = TOKEN_ROLES.map((role) => [role, effects[role]?.map(rounded) ?? null] as const);
  return Object.fromEntries(roles) as ModelTrace["effects"]["ffn"];
};

/** An average as `model.json` records it, with the site that it advises. */
export const modelTrace = (average: AverageTrace, { noise, seed, window }: TraceSettings): ModelTrace => ({
  ...adviseSite(average),
  facts: average.facts,
  noise: rounded(noise),
  seed,
  window,
  clean: rounded(average.clean),
  corrupted: rounded(average.corrupted),
  effects: {
    residual: roundedEffects(average.effects.residual),
    ffn: roundedEffects(average.effects.ffn),
    attention: roundedEffects(average.effects.attention),
  },
});

/** Writes the trace into the model's `model.json`; its digest stays the same. */
export const writeModelTrace = (
  { directory, model }: Pick<ModelDirectory, "directory" | "model">,
  trace: ModelTrace,
): Promise<void> =>
  writeFileAtomic(join(directory, MODEL_FILES.model), `${JSON.stringify({ ...model, trace }, null, 2)}\n`);
