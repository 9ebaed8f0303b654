import { getOrInsert } from "../../core/get-or-insert.ts";
import { ok, type Result } from "../../core/result.ts";
import type { Graph } from "../../onnx/graph.ts";
import type { ProbePrompt } from "./probes.ts";

/** Reads one kind of thing about each of some probes, in their order. */
export type ReadProbes<Value> = (probes: readonly ProbePrompt[]) => Promise<Result<readonly Value[]>>;

/**
 * What the bare model shows of probes, which depends on no patch: read once for each graph, probe and kind of thing,
 * and kept for as long as both are.
 */
export class ProbeKnowledge<Value extends object> {
  readonly #known = new WeakMap<Graph, Map<string, WeakMap<ProbePrompt, Value>>>();

  /** A value for each of `probes`; `read` is asked for those that are missing. Fails as it does. */
  async of(
    graph: Graph,
    kind: string,
    probes: readonly ProbePrompt[],
    read: ReadProbes<Value>,
  ): Promise<Result<readonly Value[]>> {
    const kinds = getOrInsert(this.#known, graph, () => new Map());
    const known = getOrInsert(kinds, kind, () => new WeakMap());
    const missing = probes.filter((probe) => !known.has(probe));
    if (missing.length > 0) {
      const fresh = await read(missing);
      if (!fresh.ok) return fresh;
      for (const [index, probe] of missing.entries()) known.set(probe, fresh.value[index]!);
    }
    return ok(probes.map((probe) => known.get(probe)!));
  }
}
