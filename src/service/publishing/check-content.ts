import type { VerifiedBundle } from "../../core/bundle/verify-bundle.ts";
import { checkEditConflicts } from "../../core/edit/edit-conflicts.ts";
import { composePatchSet } from "../../core/patch/compose.ts";
import { ok, type Result } from "../../core/result.ts";
import type { ModelRecord } from "../../store/ports.ts";

/**
 * What must hold of a bundle or a hotfix besides its form: no two edits contradict each other, and the patches can
 * be served together. Errors: `edit_conflict`, and those of `composePatchSet`.
 */
export const checkContent = (verified: VerifiedBundle, { model }: ModelRecord): Result<VerifiedBundle> => {
  const compatible = checkEditConflicts(verified.manifest.edits);
  if (!compatible.ok) return compatible;
  const composed = composePatchSet(verified.id, verified.patches, model);
  return composed.ok ? ok(verified) : composed;
};
