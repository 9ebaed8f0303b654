import type { FloatTensor, IntTensor } from "../tensor/tensor.ts";

/** The linear layers of a block that a low-rank patch can act on. */
export type LinearSite = "up" | "gate" | "down";

interface PatchBase {
  /** Unique within its bundle; stable across versions for the same edit, so that a diff can follow it. */
  readonly id: string;
  /** Indices into the manifest's `edits`: the edits this patch carries (one, or a group solved jointly). */
  readonly edits: readonly number[];
  /** The block it acts in, counted from 0. */
  readonly layer: number;
}

/** `y = xW + b + (xA)B` on one linear layer, at every position. */
export interface LowRankPatch extends PatchBase {
  readonly kind: "low-rank";
  readonly site: LinearSite;
  readonly tensors: {
    /** [in, r] */ readonly A: FloatTensor;
    /** [r, out] */ readonly B: FloatTensor;
  };
}

/** Extra FFN slots of a block, `o += relu(xK + b)V`, at every position. */
export interface NeuronsPatch extends PatchBase {
  readonly kind: "neurons";
  readonly tensors: {
    /** [d, n] */ readonly K: FloatTensor;
    /** [n] */ readonly b: FloatTensor;
    /** [n, d] */ readonly V: FloatTensor;
  };
}

/**
 * Entries of a GRACE codebook on a block's output. The nearest key within its radius (Euclidean distance)
 * replaces the state at the last prompt token by the entry's first value; while the generated tokens follow
 * the entry's targets, each decode step injects the next value.
 */
export interface CodebookPatch extends PatchBase {
  readonly kind: "codebook";
  readonly tensors: {
    /** [m, d] */ readonly keys: FloatTensor;
    /** [m, t, d]: one value for each target token, the end-of-text token included; zero past an entry's end. */
    readonly values: FloatTensor;
    /** [m] */ readonly radii: FloatTensor;
    /** [m, t]: token ids, the end of the answer included; -1 past an entry's end. */
    readonly targets: IntTensor;
  };
}

/** What a method produces for one edit (or one jointly solved group): the unit attached and reported. */
export type Patch = LowRankPatch | NeuronsPatch | CodebookPatch;

/** The kinds of patch that act inside the graph. */
export type PatchKind = Patch["kind"];
