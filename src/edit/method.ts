import type { Edit } from "../core/edit/edit.ts";
import type { Patch } from "../core/patch/patch.ts";
import type { Result } from "../core/result.ts";
import type { ProbePrompt } from "./probes/probes.ts";
import type { JobControl } from "./running/job-control.ts";
import type { TaskContext, Workbench } from "./workbench.ts";

/** Everything a method may use. It changes none of it. */
export interface EditingContext extends TaskContext, JobControl {
  /** What the new bundle builds on: the parent's edits and patches, kept unless a method says otherwise. */
  readonly parent: { readonly edits: readonly Edit[]; readonly patches: readonly Patch[] };
  /** Where the costly part of single edits is computed, and kept should the job be interrupted. */
  readonly workbench: Workbench;
}

/** An edit that produced no patch, and why. */
export interface SkippedEdit {
  readonly edit: Edit;
  readonly reason: string;
}

/** How one edit went, or a set of edits that were trained as one. */
export interface EditDiagnostics {
  /** The edit's identity; of a set, the first's. */
  readonly id: string;
  /** Optimisation steps taken; 0 of a method that optimises nothing. */
  readonly steps: number;
  /**
   * Mean negative log-likelihood of the target's tokens, the end of the answer included, after the prompts that the
   * edit was made on, in nats: where the optimisation ended, or, where there is none, under the edit's own patches.
   */
  readonly loss: number;
  /** Method-specific figures, such as the deferral radius of each key. */
  readonly figures: Readonly<Record<string, number>>;
}

/** A complete set of patches, the parent's included. Indices in `patches[].edits` point into `edits`. */
export interface EditOutcome {
  readonly edits: readonly Edit[];
  readonly patches: readonly Patch[];
  readonly skipped: readonly SkippedEdit[];
  readonly diagnostics: readonly EditDiagnostics[];
  /** Probes in the order in which the method expects side effects, the likeliest first. */
  readonly suspects: readonly ProbePrompt[];
  /** The settings used, as the manifest records them. */
  readonly hyperParameters: Readonly<Record<string, string>>;
}

/**
 * An editing method: turns edits into patches. One folder a method, all of this shape; `frame` has what those that make
 * one edit after another share (`applyEditByEdit`), and those that make all at once (`applyAllAtOnce`).
 */
export interface EditMethod {
  /** As used on the command line and in manifests, for example `grace`. */
  readonly name: string;
  /** One line for `--help`. */
  readonly summary: string;
  /** Where it comes from. */
  readonly reference: string;
  /** Settings that a caller may override, with their defaults and meaning. */
  readonly settings: Readonly<Record<string, { readonly default: string; readonly meaning: string }>>;
  /**
   * Computes patches for `edits` on top of the parent's. Deterministic for the same input; what is finished is kept in
   * the context's workbench, and an interrupted job goes on from there to the same bytes.
   * Fails as a whole: a bundle is never published with an edit missing for a reason other than `skipped`.
   */
  apply(
    edits: readonly Edit[],
    settings: Readonly<Record<string, string>>,
    context: EditingContext,
  ): Promise<Result<EditOutcome>>;
}
