import { patchSetDigest, type ServedPatchSet, setOfTarget } from "../../core/release/served-patch-set.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { Engine } from "../../engine/engine.ts";
import type { BundleReference, BundleSummary, ModelRecord } from "../../store/ports.ts";
import type { ServiceDependencies } from "../dependencies.ts";
import type { ModelReference } from "../model-reference.ts";
import { findChannel, resolveVersion } from "../releasing/resolve-target.ts";
import { type EngineLease, EnginePool } from "./engine-pool.ts";
import { ISOLATE_LIMITS } from "./limits.ts";
import { type LoadedPatches, NO_PATCHES, PatchSetLoader } from "./patch-set-loader.ts";
import { SingleFlightCache } from "./single-flight-cache.ts";

/** What a model reference stands for at this moment. */
export interface ResolvedTarget extends ServedPatchSet {
  /** `patchSetDigest` of it. */
  readonly patchSet: string;
  /** The channel that was followed, with its sequence; null where a version was named. */
  readonly channel: string | null;
  readonly sequence: number | null;
}

/** Everything that one request needs to be answered. */
export interface ReadyModel extends ResolvedTarget {
  readonly record: ModelRecord;
  readonly patches: LoadedPatches;
  readonly lease: EngineLease;
  /** Milliseconds spent on finding out what to serve, and on loading it. */
  readonly timings: { readonly pointer: number; readonly load: number };
}

/** Hands work to the isolate that outlives the request which began it. */
export type KeepAlive = (work: Promise<unknown>) => void;

/** Turns a model reference into an engine and patches; keeps what never changes for the isolate's lifetime. */
export interface ModelRunner {
  /**
   * Resolves and loads. A channel's pointer is read strongly each time, so that a rollback holds from the next
   * request on; a warm isolate reads nothing else. The caller releases the lease.
   */
  prepare(reference: ModelReference, keepAlive: KeepAlive): Promise<Result<ReadyModel>>;
}

const openEngine = async (
  { stores, openEngine: open }: ServiceDependencies,
  { model }: ModelRecord,
): Promise<Result<Engine>> => {
  const [graph, plain, weights, tokenizer] = await Promise.all([
    stores.blobs.get(model.digests.graph),
    stores.blobs.get(model.digests.plain),
    stores.blobs.get(model.digests.weights),
    stores.blobs.get(model.digests.tokenizer),
  ]);
  if (!graph.ok) return graph;
  if (!plain.ok) return plain;
  if (!weights.ok) return weights;
  if (!tokenizer.ok) return tokenizer;
  const files = {
    graph: graph.value,
    plain: plain.value,
    weights: weights.value,
    tokenizer: tokenizer.value,
  };
  return open(model, files);
};

const NOTHING_ATTACHED: Result<LoadedPatches> = ok(NO_PATCHES);

const isBare = ({ target, hotfixes }: ServedPatchSet): boolean => target === null && hotfixes.length === 0;

class IsolateModelRunner implements ModelRunner {
  readonly #dependencies: ServiceDependencies;
  readonly #loader: PatchSetLoader;
  readonly #engines = new EnginePool(ISOLATE_LIMITS.loadedModels);
  readonly #records = new SingleFlightCache<ModelRecord>(ISOLATE_LIMITS.recordCacheEntries, () => 1);
  readonly #summaries = new SingleFlightCache<BundleSummary>(ISOLATE_LIMITS.recordCacheEntries, () => 1);

  constructor(dependencies: ServiceDependencies) {
    this.#dependencies = dependencies;
    this.#loader = new PatchSetLoader(dependencies);
  }

  async prepare(reference: ModelReference, keepAlive: KeepAlive): Promise<Result<ReadyModel>> {
    const { clock, stores } = this.#dependencies;
    const started = clock();
    const [record, target] = await Promise.all([
      this.#records.get(reference.model, () => stores.models.find(reference.model)),
      this.#resolve(reference),
    ]);
    if (!record.ok) return fail({ ...record.problem, param: "model" });
    if (!target.ok) return fail({ ...target.problem, param: "model" });
    const resolved = clock();
    const loaded = await this.#load(record.value, target.value, keepAlive);
    if (!loaded.ok) return loaded;
    const timings = { pointer: resolved - started, load: clock() - resolved };
    return ok({ record: record.value, ...target.value, ...loaded.value, timings });
  }

  async #resolve({ model, selector }: ModelReference): Promise<Result<ResolvedTarget>> {
    const { stores, defaults } = this.#dependencies;
    if (selector.kind === "channel") {
      const state = await findChannel(stores.channels, model, selector.channel, defaults.channel);
      if (!state.ok) return state;
      const { target, hotfixes, disabled, patchSet, channel, sequence } = state.value;
      return ok({ target, hotfixes, disabled, patchSet, channel, sequence });
    }
    const lookup = (reference: BundleReference) => this.#summary(reference);
    const target = await resolveVersion(lookup, model, selector);
    if (!target.ok) return target;
    const set = setOfTarget(target.value);
    return ok({ ...set, patchSet: await patchSetDigest(set), channel: null, sequence: null });
  }

  #summary(reference: BundleReference): Promise<Result<BundleSummary>> {
    const key = "id" in reference ? reference.id : `${reference.model}@${reference.version}`;
    return this.#summaries.get(key, () => this.#dependencies.stores.bundles.summary(reference));
  }

  async #load(
    record: ModelRecord,
    resolved: ResolvedTarget,
    keepAlive: KeepAlive,
  ): Promise<Result<{ readonly patches: LoadedPatches; readonly lease: EngineLease }>> {
    const [patches, lease] = await Promise.allSettled([
      isBare(resolved) ? NOTHING_ATTACHED : this.#loader.load(resolved, resolved.patchSet, record, keepAlive),
      this.#acquire(record, keepAlive),
    ]);
    if (lease.status === "rejected") throw lease.reason;
    if (!lease.value.ok) return lease.value;
    const { release } = lease.value.value;
    if (patches.status === "rejected") {
      // The store threw; a lease that nobody gives back would keep every other model out for good.
      release();
      throw patches.reason;
    }
    if (patches.value.ok) return ok({ patches: patches.value.value, lease: lease.value.value });
    release();
    return fail(patches.value.problem);
  }

  /**
   * A runtime may drop a request at any await once its client hangs up. The load is kept alive for the others
   * that wait for it, and then the request itself until it has given the lease back.
   */
  #acquire(record: ModelRecord, keepAlive: KeepAlive): Promise<Result<EngineLease>> {
    const acquiring = this.#engines.acquire(record.digest, () => openEngine(this.#dependencies, record));
    keepAlive(
      acquiring.then(
        (lease) => (lease.ok ? lease.value.released : undefined),
        () => undefined,
      ),
    );
    return acquiring;
  }
}

/** The runner of one isolate. */
export const createModelRunner = (dependencies: ServiceDependencies): ModelRunner =>
  new IsolateModelRunner(dependencies);
