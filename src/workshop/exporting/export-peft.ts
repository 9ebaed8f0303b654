import { join } from "node:path";
import { ok, type Result } from "../../core/result.ts";
import { encodePeftAdapter, peftAdapter } from "../../edit/down-projection/peft-adapter.ts";
import { findPeftModules, modulesOfPattern } from "../../edit/down-projection/peft-modules.ts";
import { findBaseModel } from "../models/base-model.ts";
import type { ExportRequest, MadeExport } from "./exported.ts";
import { readLowRankPart } from "./low-rank-part.ts";

/**
 * The low-rank part of a bundle as the directory of a PEFT adapter.
 *
 * Errors: those of `findBaseModel`, `readLowRankPart`, `findPeftModules` and `peftAdapter`.
 */
export const exportPeft = async (request: ExportRequest): Promise<Result<MadeExport>> => {
  const { bundle, modulePattern, fanInFanOut, out, baseModel } = request;
  const model = await findBaseModel(bundle.manifest.model, request.context);
  if (!model.ok) return model;
  const part = await readLowRankPart(bundle, model.value, request.lowRankOnly);
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
    files: files.map(([name, bytes]) => ({ path: join(out, name), bytes })),
    layers: adapter.value.targets.map(({ module, layer, rank }) => ({ layer, name: module, rank })),
    leftOut: part.value.leftOut,
    next: "Next, in Python: PeftModel.from_pretrained(model, directory)",
  });
};
