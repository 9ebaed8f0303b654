import { ok, type Result } from "../../../src/core/result.ts";
import type { Workbench } from "../../../src/edit/workbench.ts";

/** A workbench that keeps values as a disk does, and tells what was computed. */
export interface RecordingWorkbench extends Workbench {
  /** Keys that were asked for and not kept yet, in their order. */
  readonly computed: readonly string[];
}

/** What a killed process leaves behind: nothing but what it kept. */
export const KILLED = new Error("killed");

/**
 * Keeps what is finished in `kept`. Dies, as a killed process does, where a value is to be computed and `most` are
 * kept already. A key that is asked for twice throws: it would stand for two values.
 */
export const recordingWorkbench = (
  kept: Map<string, unknown> = new Map(),
  most = Number.POSITIVE_INFINITY,
): RecordingWorkbench => {
  const computed: string[] = [];
  const asked = new Set<string>();
  return {
    computed,
    workers: null,
    remember: async <Value>(key: string, compute: () => Promise<Result<Value>>) => {
      if (asked.has(key)) throw new Error(`the key "${key}" stands for two values`);
      asked.add(key);
      if (kept.has(key)) return ok(structuredClone(kept.get(key)) as Value);
      if (kept.size >= most) throw KILLED;
      const value = await compute();
      if (!value.ok) return value;
      computed.push(key);
      kept.set(key, structuredClone(value.value));
      return value;
    },
  };
};
