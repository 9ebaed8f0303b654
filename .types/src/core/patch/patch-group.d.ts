/** The id of a group's patch at block `layer`: the group's stem, and the block. */
export declare const blockPatchId: (stem: string, layer: number) => string;
/** Whether two patches of one manifest belong to one group: the same stem, and the very same edits. */
export declare const inOneGroup: (left: {
    readonly id: string;
    readonly edits: readonly number[];
}, right: {
    readonly id: string;
    readonly edits: readonly number[];
}) => boolean;
