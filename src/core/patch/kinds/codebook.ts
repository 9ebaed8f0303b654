import * as z from "zod";
import type { Problem } from "../../problem.ts";
import type { Result } from "../../result.ts";
import { concatenate } from "../../tensor/concatenate.ts";
import { equalTensors } from "../../tensor/tensor.ts";
import { tensorNorm } from "../../tensor/tensor-norm.ts";
import { blobRecordSchema, layerSchema, recordFields } from "../blob-record.ts";
import { floats, integers } from "../check-shapes.ts";
import { type ChainContent, chainOf } from "../codebook/chain.ts";
import { type CodebookContent, REPLACEMENTS } from "../codebook/codebook-content.ts";
import { codebookFault } from "../codebook/codebook-fault.ts";
import { entriesFault } from "../codebook/codebook-limits.ts";
import { groupByPlace } from "../group-by-place.ts";
import { hookShapes } from "../hook-shapes.ts";
import type { PatchBase, PatchKind, PatchRadii } from "../patch-kind.ts";
import { residentValues } from "../patch-values.ts";

/**
 * Entries of a GRACE codebook on a block's output. The nearest key within its radius (Euclidean distance) selects a
 * chain; the chain's first value replaces the state at the last prompt token, or at all prompt tokens; while the
 * generated tokens follow the chain's targets, each decode step injects the next value. Many keys may share a chain.
 */
export interface CodebookPatch extends PatchBase, CodebookContent {
  readonly kind: "codebook";
  readonly layer: number;
  readonly tensors: CodebookContent["tensors"];
  readonly values: CodebookContent["values"];
}

/** One entry of a codebook: a row of a patch's keys. */
export interface CodebookEntry {
  readonly patch: CodebookPatch;
  readonly row: number;
}

/** All codebook entries of one layer, merged. */
export interface CodebookBinding {
  readonly layer: number;
  /** Number of entries m, at least 1. */
  readonly size: number;
  /** Width d of the residual stream. */
  readonly width: number;
  /** The keys of one patch after the other, row-major [entries of the patch, d]: the patches' own arrays. */
  readonly keys: readonly Float32Array[];
  /** [m] */
  readonly radii: Float32Array;
  /** For each entry, the patch that it belongs to and its row within it. */
  readonly entries: readonly CodebookEntry[];
  /**
   * What entry `index` injects; asked for on a hit only. Settles at once where the values are in memory. Errors: those
   * of `DeferredValues`.
   */
  readonly chainOf: (index: number) => Promise<Result<ChainContent>>;
}

/** Whether a patch holds entries of a codebook. */
export const isCodebook = (patch: PatchBase): patch is CodebookPatch => patch.kind === "codebook";

const recordSchema = z.strictObject({
  kind: z.literal("codebook"),
  layer: layerSchema,
  replace: z.enum(REPLACEMENTS),
  ...recordFields,
  values: blobRecordSchema,
});

const entriesOf = ({ tensors }: CodebookPatch): number => tensors.keys.shape[0]!;

const limitFault = (patches: readonly CodebookPatch[]): Problem | null =>
  groupByPlace(patches)
    .map((group) => {
      const entries = group.reduce((sum, patch) => sum + entriesOf(patch), 0);
      return entriesFault(group[0].layer, entries);
    })
    .find((fault) => fault !== null) ?? null;

const compose = (patches: readonly [CodebookPatch, ...CodebookPatch[]]): CodebookBinding => {
  const [{ layer, tensors }] = patches;
  const entries = patches.flatMap((patch) =>
    Array.from({ length: entriesOf(patch) }, (_, row) => ({ patch, row })),
  );
  return {
    layer,
    size: entries.length,
    width: tensors.keys.shape[1]!,
    keys: patches.map((patch) => patch.tensors.keys.data),
    radii: concatenate(patches.map((patch) => patch.tensors.radii.data)),
    entries,
    chainOf: (index) => chainOf(entries[index]!),
  };
};

const radii: PatchRadii<CodebookPatch> = {
  of: ({ tensors }) => tensors.radii.data,
  with: (patch, data) => ({
    ...patch,
    tensors: { ...patch.tensors, radii: { shape: patch.tensors.radii.shape, data } },
  }),
  sameButRadii: (left, right) =>
    left.layer === right.layer &&
    left.replace === right.replace &&
    (["keys", "chains", "targets"] as const).every((name) =>
      equalTensors(left.tensors[name], right.tensors[name]),
    ) &&
    equalTensors(residentValues(left.values), residentValues(right.values)),
};

/** Codebooks, of GRACE. */
export const codebook: PatchKind<CodebookPatch, typeof recordSchema, CodebookBinding, "codebooks"> = {
  name: "codebook",
  list: "codebooks",
  everywhere: false,
  recordSchema,
  shapes: (patch, model) =>
    hookShapes(patch, model, ({ width }) => ({
      keys: floats("m", width),
      radii: floats("m"),
      chains: integers("m"),
      targets: integers("c", "t"),
      values: floats("c", "t", width),
    })),
  contentFault: ({ id, tensors }, model) => codebookFault(id, tensors, model.dims.vocabulary),
  limitFault,
  compose: (patches) => groupByPlace(patches).map(compose),
  norm: ({ values }) => tensorNorm(residentValues(values)),
  radii,
};
