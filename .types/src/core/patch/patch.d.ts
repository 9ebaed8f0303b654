import type { FloatTensor, IntTensor } from "../tensor/tensor.ts";
import type { ChainValues } from "./chain-values.ts";
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
 * Which positions of the prompt a hit replaces: the last one, or every one (GRACE's `replace_last` and
 * `replace_prompt`; the last prompt token is among the latter).
 */
export type Replacement = (typeof REPLACEMENTS)[number];
/** All replacements, the usual one first. */
export declare const REPLACEMENTS: readonly ["last", "prompt"];
/**
 * Entries of a GRACE codebook on a block's output. The nearest key within its radius (Euclidean distance) selects a
 * chain; the chain's first value replaces the state at the last prompt token, or at all prompt tokens; while the
 * generated tokens follow the chain's targets, each decode step injects the next value. Many keys may share a chain.
 */
export interface CodebookPatch extends PatchBase {
    readonly kind: "codebook";
    readonly replace: Replacement;
    /** What tells whether an entry hits and where it leads: small, always in memory. */
    readonly tensors: {
        /** [m, d] */ readonly keys: FloatTensor;
        /** [m] */ readonly radii: FloatTensor;
        /** [m]: for each key the chain that it injects, a row of `targets` and of the values. */
        readonly chains: IntTensor;
        /** [c, t]: token ids, the end of the answer included; -1 past a chain's end. */
        readonly targets: IntTensor;
    };
    /** [c, t, d]: one value for each target token, the end-of-text token included; zero past a chain's end. */
    readonly values: ChainValues;
}
/** What a method produces for one edit (or one jointly solved group): the unit attached and reported. */
export type Patch = LowRankPatch | NeuronsPatch | CodebookPatch;
/** The kinds of patch that act inside the graph. */
export type PatchKind = Patch["kind"];
export {};
