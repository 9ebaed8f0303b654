import type { Digest } from "../../core/digest.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { Engine } from "../../engine/engine.ts";

/** A loaded model in use. Whoever acquired it calls `release` when its last run is over; calling it again does nothing. */
export interface EngineLease {
  readonly engine: Engine;
  readonly release: () => void;
  /** Resolves at the release. */
  readonly released: Promise<void>;
}

interface Slot {
  readonly loading: Promise<Result<Engine>>;
  users: number;
}

/**
 * The models that an isolate has loaded. Each is loaded once, however many requests come for it meanwhile; a
 * load that fails is forgotten, so that the next request tries again. Past `capacity` the model idle longest
 * makes room; one in use never does. What makes room is released before the new one loads: there is no memory
 * for both.
 */
export class EnginePool {
  readonly #capacity: number;
  /** In order of last use. */
  readonly #slots = new Map<Digest, Slot>();
  /** Resolves when every model that made room is released. */
  #leaving: Promise<unknown> = Promise.resolve();

  /** @param capacity most models loaded at a time */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** The model of `digest`, loaded by `load` where it is not yet. Errors: those of `load`; `model_not_loaded`. */
  async acquire(digest: Digest, load: () => Promise<Result<Engine>>): Promise<Result<EngineLease>> {
    const slot = this.#slots.get(digest) ?? this.#open(digest, load);
    if (slot === null) return fail(busy());
    this.#slots.delete(digest);
    this.#slots.set(digest, slot);
    slot.users += 1;
    // A load that fails has taken its slot away, and with it the count of its users.
    const loaded = await slot.loading;
    return loaded.ok ? ok(leaseOf(slot, loaded.value)) : loaded;
  }

  /** A slot for a model that is not loaded; null where every other one is in use. */
  #open(digest: Digest, load: () => Promise<Result<Engine>>): Slot | null {
    if (this.#slots.size >= this.#capacity && !this.#evictIdle()) return null;
    return { loading: this.#load(digest, load), users: 0 };
  }

  async #load(digest: Digest, load: () => Promise<Result<Engine>>): Promise<Result<Engine>> {
    let loaded = false;
    try {
      await this.#leaving;
      const result = await load();
      loaded = result.ok;
      return result;
    } finally {
      if (!loaded) this.#slots.delete(digest);
    }
  }

  #evictIdle(): boolean {
    for (const [digest, slot] of this.#slots) {
      if (slot.users > 0) continue;
      this.#slots.delete(digest);
      this.#leaving = Promise.allSettled([this.#leaving, releaseEngine(slot)]);
      return true;
    }
    return false;
  }
}

const releaseEngine = async ({ loading }: Slot): Promise<void> => {
  const loaded = await loading;
  if (loaded.ok) await loaded.value.release();
};

const leaseOf = (slot: Slot, engine: Engine): EngineLease => {
  const { promise: released, resolve } = Promise.withResolvers<void>();
  let held = true;
  const release = (): void => {
    if (held) slot.users -= 1;
    held = false;
    resolve();
  };
  return { engine, release, released };
};

const busy = () =>
  problem(
    "model_not_loaded",
    "This isolate is answering with another model and has no memory for a second one; try again shortly.",
  );
