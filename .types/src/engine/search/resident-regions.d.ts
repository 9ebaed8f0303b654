/** A stretch of memory that an owner holds until others need the room. */
export interface Region {
    readonly start: number;
    readonly end: number;
    /** False once its bytes may be another's. */
    held: boolean;
}
/**
 * Shares out one linear memory between owners who can write their bytes anew. Past `capacity` the region used longest
 * ago gives way, so what a dropped owner leaves behind is bounded and used again; one that alone is larger gets its
 * room all the same.
 */
export declare class ResidentRegions {
    #private;
    /**
     * @param first address of the first byte to share out
     * @param capacity bytes to share out
     */
    constructor(first: number, capacity: number);
    /** Marks a region as used now. */
    touch(region: Region): void;
    /** A region of `bytes`, used now; what had to give way for it is no longer held. */
    take(bytes: number): Region;
}
