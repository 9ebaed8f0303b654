import { findHook, hooksAt } from "../../core/model/find-hook.ts";
import type { CodebookHook, PreparedModel } from "../../core/model/prepared-model.ts";
import type { Result } from "../../core/result.ts";

/** The codebook at block `asked`, or where calibration advises it. Errors: those of `findHook`, param `layer`. */
export const codebookHook = (model: PreparedModel, asked: number | null): Result<CodebookHook> => {
  const layer =
    asked ?? model.calibration?.advisedLayer ?? hooksAt(model, { kind: "codebook" }).at(-1)?.layer;
  const advice = "Choose a block that has one, or prepare the model with --codebook.";
  const need = { who: "The method", advice, param: "layer" };
  return findHook(model, { kind: "codebook", ...(layer !== undefined && { layer }) }, need);
};
