import { openPatches } from "../../core/bundle/verify-bundle.ts";
import { ok, type Result } from "../../core/result.ts";
import { findNamedBundle } from "../bundles/bundle-reference.ts";
import type { ModelDirectory } from "../directories/model-directory.ts";
import type { WorkshopContext } from "../workshop-context.ts";
import type { ParentBundle } from "./make-bundle.ts";

/**
 * The bundle that `reference` names, its patches decoded; null for `none`, the bare model.
 *
 * Errors: those of `findNamedBundle` and `openPatches`.
 */
export const readParentBundle = async (
  reference: string,
  { model }: ModelDirectory,
  context: WorkshopContext,
): Promise<Result<ParentBundle | null>> => {
  const named = await findNamedBundle(reference, model.name, context);
  if (!named.ok) return named;
  if (named.value === null) return ok(null);
  const { id, manifest, getBlobs } = named.value;
  const patches = await openPatches(manifest, model, getBlobs);
  return patches.ok ? ok({ id, edits: manifest.edits, patches: patches.value }) : patches;
};
