import type { CodebookHook, PreparedModel } from "../../core/model/prepared-model.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";

/** The codebook at block `asked`, or where calibration advises it. Errors: `shape_mismatch`, with the blocks that have one. */
export const codebookHook = (model: PreparedModel, asked: number | null): Result<CodebookHook> => {
  const hooks = model.hooks.filter((hook) => hook.kind === "codebook");
  const layer = asked ?? model.calibration?.advisedLayer ?? hooks.at(-1)?.layer;
  const hook = hooks.find((candidate) => candidate.layer === layer);
  if (hook) return ok(hook);
  const offered = hooks.map((candidate) => candidate.layer).join(", ") || "none";
  const message = `${model.name} has no codebook at block ${layer}; it has one at: ${offered}.`;
  return fail(problem("shape_mismatch", message));
};
