import { resolve } from "node:path";
import { ok, type Result } from "../../core/result.ts";
import { encodePeftAdapter, peftAdapter } from "../../edit/down-projection/peft-adapter.ts";
import { findPeftModules, modulesOfPattern } from "../../edit/down-projection/peft-modules.ts";
import type { NamedBundle } from "../bundles/bundle-reference.ts";
import { findBaseModel } from "../models/base-model.ts";
import type { WorkshopContext } from "../workshop-context.ts";
import type { ExportOptions, MadeExport } from "./exported.ts";
import { readLowRankPart } from "./low-rank-part.ts";

/**
 * The low-rank part of a bundle as the directory of a PEFT adapter.
 *
 * Errors: those of `findBaseModel`, `readLowRankPart`, `findPeftModules` and `peftAdapter`.
 */
export const exportPeft = async (
  bundle: NamedBundle,
  { modulePattern, fanInFanOut = false, out, baseModel, lowRankOnly }: ExportOptions,
  context: WorkshopContext,
): Promise<Result<MadeExport>> => {
  const model = await findBaseModel(bundle.manifest.model, context);
  if (!model.ok) return model;
  const part = await readLowRankPart(bundle, model.value, lowRankOnly);
  if (!part.ok) return part;
  const modules =
    modulePattern === undefined
      ? findPeftModules(model.value)
      : ok(modulesOfPattern(modulePattern, fanInFanOut));
  if (!modules.ok) return modules;
  const adapter = peftAdapter(part.value.bindings, modules.value, baseModel ?? null);
  if (!adapter.ok) return adapter;
  const files = Object.entries(encodePeftAdapter(adapter.value, bundle.id));
  return ok({
    files: files.map(([name, bytes]) => ({ path: resolve(context.workingDirectory, out, name), bytes })),
    layers: adapter.value.targets.map(({ module, layer, rank }) => ({ layer, name: module, rank })),
    leftOut: part.value.leftOut,
  });
};
