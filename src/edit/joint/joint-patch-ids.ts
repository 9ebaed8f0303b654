import { blockPatchId } from "../../core/patch/patch-group.ts";

/**
 * The ids of one group's patches, one for each block: a stem that no patch among `taken` has, and the block. Whoever
 * detaches a group detaches every patch of its stem.
 */
export const jointPatchIds = (
  method: string,
  layers: readonly number[],
  taken: ReadonlySet<string>,
): readonly string[] => {
  const idsOf = (group: number) => layers.map((layer) => blockPatchId(`${method}-group-${group}`, layer));
  const used = (group: number) => [...taken].some((id) => id.startsWith(`${method}-group-${group}.`));
  let group = 1;
  while (used(group)) group++;
  return idsOf(group);
};
