import type { Digest } from "../core/digest.ts";
import { problem } from "../core/problem.ts";
import type { Result } from "../core/result.ts";
import { fail, ok } from "../core/result.ts";
import type { Engine } from "../engine/engine.ts";

/** A loaded model in use. Whoever acquired it calls `release` once, when its last run is over. */
export interface EngineLease {
  readonly engine: Engine;
  readonly release: () => void;
}

interface Slot {
  readonly loading: Promise<Result<Engine>>;
  users: number;
}

/**
 * The models that an isolate has loaded. Each is loaded once, however many requests come for it meanwhile; a
 * load that fails is forgotten, so that the next request tries again. Past `capacity` the model idle longest
 * makes room; one in use never does.
 */
export class EnginePool {
  readonly #capacity: number;
  /** In order of last use. */
  readonly #slots = new Map<Digest, Slot>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** The model of `digest`, loaded by `load` where it is not yet. Errors: those of `load`; `model_not_loaded`. */
  async acquire(digest: Digest, load: () => Promise<Result<Engine>>): Promise<Result<EngineLease>> {
    while (!this.#slots.has(digest) && this.#slots.size >= this.#capacity)
      if (!(await this.#evictIdle())) return fail(busy());
    const slot = this.#slots.get(digest) ?? { loading: this.#load(digest, load), users: 0 };
    this.#slots.delete(digest);
    this.#slots.set(digest, slot);
    slot.users += 1;
    const loaded = await slot.loading;
    if (!loaded.ok) return loaded;
    return ok({ engine: loaded.value, release: () => this.#leave(slot) });
  }

  async #load(digest: Digest, load: () => Promise<Result<Engine>>): Promise<Result<Engine>> {
    let loaded = false;
    try {
      const result = await load();
      loaded = result.ok;
      return result;
    } finally {
      if (!loaded) this.#slots.delete(digest);
    }
  }

  async #evictIdle(): Promise<boolean> {
    for (const [digest, slot] of this.#slots) {
      if (slot.users > 0) continue;
      this.#slots.delete(digest);
      const evicted = await slot.loading;
      if (evicted.ok) await evicted.value.release();
      return true;
    }
    return false;
  }

  #leave(slot: Slot): void {
    slot.users -= 1;
  }
}

const busy = () =>
  problem(
    "model_not_loaded",
    "This isolate is answering with another model and has no memory for a second one; try again shortly.",
  );
