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
export class ResidentRegions {
  readonly #first: number;
  readonly #capacity: number;
  /** In order of last use. */
  readonly #regions = new Set<Region>();

  /**
   * @param first address of the first byte to share out
   * @param capacity bytes to share out
   */
  constructor(first: number, capacity: number) {
    this.#first = first;
    this.#capacity = capacity;
  }

  /** Marks a region as used now. */
  touch(region: Region): void {
    this.#regions.delete(region);
    this.#regions.add(region);
  }

  /** A region of `bytes`, used now; what had to give way for it is no longer held. */
  take(bytes: number): Region {
    const end = this.#first + Math.max(this.#capacity, bytes);
    for (;;) {
      const start = this.#gapOf(bytes);
      if (start + bytes <= end) {
        const region: Region = { start, end: start + bytes, held: true };
        this.#regions.add(region);
        return region;
      }
      const [oldest] = this.#regions;
      oldest!.held = false;
      this.#regions.delete(oldest!);
    }
  }

  /** The lowest address with `bytes` free behind it. */
  #gapOf(bytes: number): number {
    let start = this.#first;
    for (const region of [...this.#regions].sort((left, right) => left.start - right.start)) {
      if (region.start - start >= bytes) break;
      start = region.end;
    }
    return start;
  }
}
