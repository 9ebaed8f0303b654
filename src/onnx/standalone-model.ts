import type { PreparedModel } from "../core/model/prepared-model.ts";
import { ok, type Result } from "../core/result.ts";
import type { Graph } from "./graph.ts";
import { type LowRankUpdate, mergeLowRank } from "./merge-low-rank.ts";
import { writeModel } from "./write-model.ts";

/** Most bytes of weights inside a graph's own file: no protobuf message has 2 GiB, and the graph takes some. */
export const INLINE_WEIGHTS_MAX_BYTES = 2 ** 31 - 64 * 1024 * 1024;

/** Whether weights of so many bytes must lie in a file beside the graph. */
export const needDataFile = (bytes: number): boolean => bytes > INLINE_WEIGHTS_MAX_BYTES;

const weightBytes = ({ initializers }: Graph): number =>
  [...initializers.values()].reduce((sum, { bytes }) => sum + bytes.byteLength, 0);

/** A model as any runtime takes it: no patch inputs, and none of the outputs that serving reads. */
export interface StandaloneModel {
  readonly graph: Uint8Array;
  /** The file that the graph names, where its weights are not inside. */
  readonly weights: Uint8Array | null;
}

/**
 * The plain graph of a prepared model with `updates` in its weights, its inputs and outputs those of the export that it
 * was prepared from. The weights go inside, or to `dataFile` beside it where they are too many or `beside` says so.
 *
 * Errors: those of `mergeLowRank`.
 */
export const standaloneModel = (
  plain: Graph,
  { hooks }: Pick<PreparedModel, "hooks">,
  updates: readonly LowRankUpdate[],
  { dataFile, beside }: { readonly dataFile: string; readonly beside: boolean },
): Result<StandaloneModel> => {
  const merged = mergeLowRank(plain, updates);
  if (!merged.ok) return merged;
  const states = new Set(hooks.flatMap((hook) => ("outputs" in hook ? Object.values(hook.outputs) : [])));
  const outputs = merged.value.outputs.filter(({ name }) => !states.has(name));
  const apart = beside || needDataFile(weightBytes(merged.value));
  const written = writeModel({ ...merged.value, outputs }, apart ? dataFile : undefined);
  return ok({ graph: written.graph, weights: apart ? written.weights : null });
};
