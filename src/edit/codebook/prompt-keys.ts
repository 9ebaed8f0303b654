import type { Edit } from "../../core/edit/edit.ts";
import { ok, type Result } from "../../core/result.ts";
import type { Engine } from "../../engine/engine.ts";
import { editPrompts } from "../prompts/edit-prompts.ts";

/** The key of every prompt of the edit at the codebook of `layer`, [d] each. Errors: those of the engine's `query`. */
export const promptKeys = async (
  edit: Edit,
  layer: number,
  engine: Pick<Engine, "query">,
): Promise<Result<readonly Float32Array[]>> => {
  const keys: Float32Array[] = [];
  for (const prompt of editPrompts(edit)) {
    const queried = await engine.query(prompt, [layer]);
    if (!queried.ok) return queried;
    keys.push(queried.value.get(layer)!);
  }
  return ok(keys);
};
