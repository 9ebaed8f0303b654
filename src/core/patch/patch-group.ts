/** A patch acts at one place, so what a method solves over several blocks is several patches: a group. */
const BLOCK_SUFFIX = /\.block-\d+$/;

/** The id of a group's patch at block `layer`: the group's stem, and the block. */
export const blockPatchId = (stem: string, layer: number): string => `${stem}.block-${layer}`;

/** The stem that a group's patches share; another patch's own id. */
const stemOf = (id: string): string => id.replace(BLOCK_SUFFIX, "");

/** Whether two patches of one manifest belong to one group: the same stem, and the very same edits. */
export const inOneGroup = (
  left: { readonly id: string; readonly edits: readonly number[] },
  right: { readonly id: string; readonly edits: readonly number[] },
): boolean =>
  stemOf(left.id) === stemOf(right.id) &&
  left.edits.length === right.edits.length &&
  left.edits.every((edit, place) => edit === right.edits[place]);
