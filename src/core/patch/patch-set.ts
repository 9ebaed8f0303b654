import type { PATCH_KINDS } from "./kinds/patch-kinds.ts";
import { ALL_KINDS, type BindingOf, type PatchKindName } from "./patch.ts";

/** For each kind of patch what its patches are composed to, under the kind's name for them. */
type BindingLists = {
  readonly [Name in PatchKindName as (typeof PATCH_KINDS)[Name]["list"]]: readonly BindingOf<Name>[];
};

/** What a channel serves, composed for the engine. Immutable; shared by every request on the same digest. */
export interface PatchSet extends BindingLists {
  /** Names the set: equal digests mean equal behaviour. `none` is the bare model. */
  readonly digest: string;
  /** Bytes of tensor data held, for cache budgets. */
  readonly bytes: number;
}

/** The lists of a patch set, as `compose` makes that of each kind. */
export const bindingLists = (
  compose: (kind: (typeof ALL_KINDS)[number]) => readonly BindingOf<PatchKindName>[],
): BindingLists =>
  Object.fromEntries(ALL_KINDS.map((kind) => [kind.list, compose(kind)])) as unknown as BindingLists;

/** What the patches of one kind are composed to in a patch set. */
export const bindingsOf = (
  patches: PatchSet,
  { list }: Pick<(typeof ALL_KINDS)[number], "list">,
): readonly BindingOf<PatchKindName>[] => patches[list as keyof BindingLists];

/** The patch set of the bare model: nothing attached. */
export const EMPTY_PATCH_SET: PatchSet = { digest: "none", ...bindingLists(() => []), bytes: 0 };
