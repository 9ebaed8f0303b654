import type { PreparedModel } from "../model/prepared-model.ts";
import type { Result } from "../result.ts";
import { fail, ok } from "../result.ts";
import { chainOf } from "./chain.ts";
import { areResident } from "./chain-values.ts";
import { codebookSizeFault } from "./codebook-limits.ts";
import { concatenate, joinColumns } from "./join-matrices.ts";
import { neuronsOf } from "./join-neurons.ts";
import type { CodebookPatch, LowRankPatch, NeuronsPatch, Patch } from "./patch.ts";
import type { CodebookBinding, LowRankBinding, NeuronsBinding, PatchSet } from "./patch-set.ts";
import { checkPatch } from "./patch-tensors.ts";
import { reduceRank } from "./reduce-rank.ts";

const composeCodebook = (layer: number, patches: readonly CodebookPatch[]): CodebookBinding => {
  const entries = patches.flatMap((patch) =>
    Array.from({ length: patch.tensors.keys.shape[0]! }, (_, row) => ({ patch, row })),
  );
  return {
    layer,
    size: entries.length,
    width: patches[0]!.tensors.keys.shape[1]!,
    keys: patches.map((patch) => patch.tensors.keys.data),
    radii: concatenate(patches.map((patch) => patch.tensors.radii.data)),
    entries,
    chainOf: (index) => chainOf(entries[index]!),
  };
};

const composeNeurons = (layer: number, patches: readonly NeuronsPatch[]): NeuronsBinding => {
  const owners = patches.flatMap((patch) => Array.from({ length: neuronsOf(patch) }, () => patch));
  return { layer, size: owners.length, width: patches[0]!.tensors.K.shape[0]!, patches, owners };
};

const composeLowRank = (patches: readonly LowRankPatch[]): LowRankBinding => {
  const { layer, site, tensors } = patches[0]!;
  const ranks = patches.map((patch) => patch.tensors.A.shape[1]!);
  const rows = tensors.A.shape[0]!;
  const joined = {
    A: joinColumns(
      patches.map((patch) => patch.tensors.A.data),
      rows,
      ranks,
    ),
    B: concatenate(patches.map((patch) => patch.tensors.B.data)),
    rank: ranks.reduce((sum, rank) => sum + rank, 0),
  };
  // However many patches there are, a site costs no more than one more matrix of its own size.
  return { layer, site, ...reduceRank(joined, rows, tensors.B.shape[1]!), owners: patches };
};

/** Groups by `keyOf`, groups in order of their keys, members in the order given. */
const groupBy = <Item>(items: readonly Item[], keyOf: (item: Item) => string): readonly Item[][] =>
  Object.entries(Object.groupBy(items, keyOf))
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([, group]) => group!);

/** Zero-padded, so that the order of the keys is the order of the layers. */
const layerKey = ({ layer }: Patch): string => String(layer).padStart(6, "0");

/**
 * The factors of each linear layer that `patches` act on, by layer and site: those of one patch as they are, those of
 * several side by side in the order given.
 */
export const composeLowRanks = (patches: readonly LowRankPatch[]): readonly LowRankBinding[] =>
  groupBy(patches, (patch) => `${layerKey(patch)} ${patch.site}`).map(composeLowRank);

/** Bytes held in memory: the patches' own tensors, and the merged copies that the graph is fed. */
const countBytes = (
  patches: readonly Patch[],
  bindings: readonly (CodebookBinding | NeuronsBinding | LowRankBinding)[],
): number =>
  [
    ...patches.flatMap((patch) => Object.values(patch.tensors).map((tensor) => tensor.data)),
    ...patches.flatMap((patch) =>
      patch.kind === "codebook" && areResident(patch.values) ? [patch.values.data] : [],
    ),
    ...bindings.flatMap((binding) => Object.values(binding)),
  ].reduce((sum, value) => sum + (ArrayBuffer.isView(value) ? value.byteLength : 0), 0);

/**
 * Composes what a channel serves out of its patches, for the engine: per layer one codebook, one block of neurons,
 * and per linear layer one pair of factors, in the order of `patches`. Every patch is checked against `model`
 * first. `digest` names the set: equal digests must mean equal patches in equal order.
 *
 * Errors: those of `checkPatch`; `limit_exceeded` for too large a codebook; nothing is composed in part.
 */
export const composePatchSet = (
  digest: string,
  patches: readonly Patch[],
  model: PreparedModel,
): Result<PatchSet> => {
  for (const patch of patches) {
    const checked = checkPatch(patch, model);
    if (!checked.ok) return checked;
  }
  const size = codebookSizeFault(patches);
  if (size !== null) return fail(size);
  const ofKind = <Kind extends Patch["kind"]>(kind: Kind): Extract<Patch, { kind: Kind }>[] =>
    patches.filter((patch): patch is Extract<Patch, { kind: Kind }> => patch.kind === kind);
  const codebooks = groupBy(ofKind("codebook"), layerKey).map((group) =>
    composeCodebook(group[0]!.layer, group),
  );
  const neurons = groupBy(ofKind("neurons"), layerKey).map((group) => composeNeurons(group[0]!.layer, group));
  const lowRanks = composeLowRanks(ofKind("low-rank"));
  const bytes = countBytes(patches, [...codebooks, ...neurons, ...lowRanks]);
  return ok({ digest, codebooks, neurons, lowRanks, bytes });
};
