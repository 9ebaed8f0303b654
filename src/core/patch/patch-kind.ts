import type * as z from "zod";
import type { LinearSite, PreparedModel } from "../model/prepared-model.ts";
import type { Problem } from "../problem.ts";
import type { Result } from "../result.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { BlobRecord } from "./blob-record.ts";
import type { ShapeRule } from "./check-shapes.ts";
import type { PatchValues } from "./patch-values.ts";

/** What every patch has. What its kind adds stands in its record as it stands here, but for the tensors. */
export interface PatchBase {
  readonly kind: string;
  /** Unique within its bundle; stable across versions for the same edit, so that a diff can follow it. */
  readonly id: string;
  /** Indices into the manifest's `edits`: the edits this patch carries (one, or a group solved jointly). */
  readonly edits: readonly number[];
  /** The block it acts in, counted from 0; absent from kinds that act outside of the model. */
  readonly layer?: number;
  /** The linear layer of the block, where a kind acts on one. */
  readonly site?: LinearSite;
  /** Always in memory. */
  readonly tensors: Readonly<Record<string, Tensor>>;
  /** A tensor in a blob of its own, which may be left where it is until it is needed. */
  readonly values?: PatchValues;
}

/** What every patch record has: the patch's own fields, and its tensors' blob; another for its values. */
export type RecordBase = BlobRecord & {
  readonly kind: string;
  readonly id: string;
  readonly edits: number[];
  readonly layer?: number;
  readonly values?: BlobRecord;
};

/** Balls around what a patch answers, which may have to make room for others. */
export interface PatchRadii<P extends PatchBase> {
  of(patch: P): Float32Array;
  with(patch: P, radii: Float32Array): P;
  /** Whether two patches are one but for their radii and edits: the same entries, seen beside other neighbours. */
  sameButRadii(left: P, right: P): boolean;
}

/**
 * All that is particular to one kind of patch, for P its patches, S the schema of their records and B what they are
 * composed to. Everything else asks this table (`PATCH_KINDS`), so that a kind is one file and one line of it.
 */
export interface PatchKind<
  P extends PatchBase,
  S extends z.ZodObject,
  B extends object,
  List extends string = string,
> {
  readonly name: P["kind"];
  /** What a patch set calls the list of what the kind's patches are composed to. */
  readonly list: List;
  /** Whether its patches act on every answer, at every position, so that none is ever said to have fired. */
  readonly everywhere: boolean;
  /** One of its patches as a manifest records it: `recordFields`, `kind` and what the kind adds. */
  readonly recordSchema: S;
  /**
   * Names, element types and shapes of its tensors, its values among them, on `model`. Errors: `wrong_base_model`
   * where the model has no hook for the patch.
   */
  shapes(patch: P, model: PreparedModel): Result<ShapeRule>;
  /** What of a patch with right shapes and finite numbers is wrong; null where nothing is. */
  contentFault(patch: P, model: PreparedModel): Problem | null;
  /** What is too much about the kind's patches of one set, each of them right; null where nothing is. */
  limitFault(patches: readonly P[]): Problem | null;
  /** What the engine takes of the kind's patches of one set, all checked, in order of their places. */
  compose(patches: readonly P[]): readonly B[];
  /** Euclidean size of what a patch adds or injects, for diffs. Throws where values are not in memory. */
  norm(patch: P): number;
  /** For a diff and a merge, which show and keep a patch with smaller balls as the one it was; null without balls. */
  readonly radii: PatchRadii<P> | null;
}
