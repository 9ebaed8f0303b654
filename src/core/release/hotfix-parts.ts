import type { Edit } from "../edit/edit.ts";
import { createIdAllocator } from "../edit/unique-id.ts";
import { encodePatch } from "../patch/encode-patch.ts";
import type { Patch } from "../patch/patch.ts";
import { recordContent } from "../patch/patch-record.ts";

/** What a method made of the attached patches and new edits: a complete set, as of a bundle. */
export interface EditedSet {
  readonly edits: readonly Edit[];
  /** Their `edits` are indices into `edits`. */
  readonly patches: readonly Patch[];
}

/** What of an edited set goes into a hotfix, and what it supersedes. */
export interface HotfixParts {
  readonly edits: readonly Edit[];
  readonly patches: readonly Patch[];
  /** Ids of attached patches that are gone from the edited set or have other tensors in it. */
  readonly disable: readonly string[];
}

const contentOf = async (patch: Patch): Promise<string> => recordContent((await encodePatch(patch)).record);

/**
 * The difference between what is attached and an edited set, as a hotfix: every patch that is new or changed, under
 * an id that is free on the channel, and the ids of those that it supersedes.
 *
 * @param taken ids of all patches of the channel, disabled ones too
 */
export const hotfixParts = async (
  attached: readonly Patch[],
  edited: EditedSet,
  taken: ReadonlySet<string>,
): Promise<HotfixParts> => {
  const before = new Map<string, string>();
  for (const patch of attached) before.set(patch.id, await contentOf(patch));
  const kept = new Set<string>();
  const allocate = createIdAllocator(taken);
  const edits: Edit[] = [];
  const patches: Patch[] = [];
  for (const patch of edited.patches) {
    if (before.get(patch.id) === (await contentOf(patch))) {
      kept.add(patch.id);
      continue;
    }
    patches.push({
      ...patch,
      id: allocate(patch.id),
      edits: patch.edits.map((_, index) => edits.length + index),
    });
    edits.push(...patch.edits.map((index) => edited.edits[index]!));
  }
  return { edits, patches, disable: attached.map(({ id }) => id).filter((id) => !kept.has(id)) };
};
