import { findHook } from "../model/find-hook.ts";
import type { Hook, HookOf, PreparedModel } from "../model/prepared-model.ts";
import { ok, type Result } from "../result.ts";
import type { ShapeRule } from "./check-shapes.ts";
import type { PatchBase } from "./patch-kind.ts";

/** A patch of a kind that acts at a hook of the same name. */
type HookedPatch<Kind> = PatchBase & { readonly kind: Kind; readonly layer: number };

/** The shapes that `rule` asks for at the hook where `patch` acts. Errors: those of `findHook`. */
export const hookShapes = <Kind extends Hook["kind"]>(
  { id, kind, layer, site }: HookedPatch<Kind>,
  model: PreparedModel,
  rule: (hook: HookOf<Kind>) => ShapeRule,
): Result<ShapeRule> => {
  const place = { kind, layer, ...(site !== undefined && { site }) };
  const hook = findHook(model, place, {
    who: `Patch "${id}"`,
    advice: "Edit the model that the service serves, on a layer it has a hook for.",
    param: "patches",
    detail: { patch: id, kind, layer },
  });
  return hook.ok ? ok(rule(hook.value)) : hook;
};
