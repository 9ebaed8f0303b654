import type { Result } from "../../core/result.ts";

interface Settled<Value> {
  readonly value: Value;
  readonly bytes: number;
}

/**
 * Keeps immutable values by digest within a byte budget, the least recently used leaving first, and has at
 * most one load in flight for each digest. A load that fails is forgotten, so that the next request tries
 * again. A value larger than the whole budget is served and not kept.
 */
export class SingleFlightCache<Value> {
  readonly #budget: number;
  readonly #sizeOf: (value: Value) => number;
  /** In order of use: a Map iterates in order of insertion, and a hit is inserted anew. */
  readonly #settled = new Map<string, Settled<Value>>();
  readonly #inFlight = new Map<string, Promise<Result<Value>>>();
  #bytes = 0;

  /**
   * @param budget most bytes kept
   * @param sizeOf bytes that a value occupies
   */
  constructor(budget: number, sizeOf: (value: Value) => number) {
    this.#budget = budget;
    this.#sizeOf = sizeOf;
  }

  /** Bytes kept at present. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The values kept at present, the least recently used first. */
  *values(): Generator<Value> {
    for (const { value } of this.#settled.values()) yield value;
  }

  /** The value of `digest`, from the cache or by `load`; callers that come during a load share it. */
  async get(digest: string, load: () => Promise<Result<Value>>): Promise<Result<Value>> {
    const kept = this.#settled.get(digest);
    if (kept) {
      this.#settled.delete(digest);
      this.#settled.set(digest, kept);
      return { ok: true, value: kept.value };
    }
    const running = this.#inFlight.get(digest);
    if (running) return running;
    const started = this.#load(digest, load);
    this.#inFlight.set(digest, started);
    return started;
  }

  async #load(digest: string, load: () => Promise<Result<Value>>): Promise<Result<Value>> {
    try {
      const result = await load();
      if (result.ok) this.#keep(digest, result.value);
      return result;
    } finally {
      this.#inFlight.delete(digest);
    }
  }

  #keep(digest: string, value: Value): void {
    const bytes = this.#sizeOf(value);
    if (bytes > this.#budget) return;
    this.#settled.set(digest, { value, bytes });
    this.#bytes += bytes;
    for (const [oldest, entry] of this.#settled) {
      if (this.#bytes <= this.#budget) return;
      this.#settled.delete(oldest);
      this.#bytes -= entry.bytes;
    }
  }
}
