import type { Patch } from "../../core/patch/patch.ts";
import { ok, type Result } from "../../core/result.ts";
import type { EditMethod, EditOutcome } from "../method.ts";
import { applyMethod, type MethodParts, type MethodWork } from "./apply-method.ts";
import { recordSettings } from "./settings.ts";

/** Edits that were made together. */
export interface MadeTogether extends Pick<EditOutcome, "diagnostics" | "suspects"> {
  /** Without those of the parent. */
  readonly patches: readonly Patch[];
  /** What became of settings that were left to the model's advice. */
  readonly resolved: Readonly<Record<string, string | number>>;
}

/** The `apply` of a method that makes all edits at once, beside the parent's. Errors: those of `applyMethod` and `make`. */
export const applyAllAtOnce = <Settings extends object, Site>(
  parts: MethodParts<Settings, Site>,
  make: (work: MethodWork<Settings, Site>) => Promise<Result<MadeTogether>>,
): EditMethod["apply"] =>
  applyMethod(parts, async (work): Promise<Result<EditOutcome>> => {
    const made = await make(work);
    if (!made.ok) return made;
    const { wanted, skipped, kept } = work.chosen;
    const { patches, diagnostics, suspects, resolved } = made.value;
    return ok({
      edits: [...kept.edits, ...wanted],
      patches: [...kept.patches, ...patches],
      skipped,
      diagnostics,
      suspects,
      hyperParameters: recordSettings({ ...work.settings, ...resolved }),
    });
  });
