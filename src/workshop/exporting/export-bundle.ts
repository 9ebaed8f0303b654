import type { Digest } from "../../core/digest.ts";
import { ok, type Result } from "../../core/result.ts";
import { requireNamedBundle } from "../bundles/bundle-reference.ts";
import type { WorkshopContext } from "../workshop-context.ts";
import { exportOnnx } from "./export-onnx.ts";
import { exportPeft } from "./export-peft.ts";
import type { ExportForm, ExportOptions, MadeExport } from "./exported.ts";
import { checkExportTarget, writeExport } from "./write-export.ts";

const FORMS: Readonly<Record<ExportForm, typeof exportPeft>> = { onnx: exportOnnx, peft: exportPeft };

/** What was exported, or would be. */
export interface ExportedBundle extends MadeExport {
  /** Id of the bundle. */
  readonly bundle: Digest;
}

/**
 * Writes the low-rank part of a bundle for others to run.
 *
 * Errors: those of `requireNamedBundle`, `exportOnnx`, `exportPeft` and `checkExportTarget`.
 */
export const exportBundle = async (
  options: ExportOptions,
  context: WorkshopContext,
): Promise<Result<ExportedBundle>> => {
  const bundle = await requireNamedBundle(options.bundle, options.model, context);
  if (!bundle.ok) return bundle;
  const made = await FORMS[options.form](bundle.value, options, context);
  if (!made.ok) return made;
  const free = await checkExportTarget(made.value.files, options.force ?? false);
  if (!free.ok) return free;
  if (!options.dryRun) await writeExport(made.value.files);
  return ok({ ...made.value, bundle: bundle.value.id });
};
