import type { Digest } from "../../core/digest.ts";
import type { Patch, PatchKindName } from "../../core/patch/patch.ts";
import type { NearestEntry } from "../../engine/generation.ts";
import type { PatchOrigin } from "./patch-set-loader.ts";

/** What the engine says of a generation's or a score's patches. */
export interface PatchReport {
  readonly fired: readonly Patch[];
  readonly nearest: readonly NearestEntry[];
}

/** A patch that changed an answer. */
export interface FiredPatch {
  readonly patch: string;
  readonly kind: PatchKindName;
  /** Null for kinds that act outside of the model. */
  readonly layer: number | null;
  /** The prompt of the edit that the patch carries. */
  readonly edit: string;
  /** The hotfix that it came with; null where it is the bundle's. */
  readonly hotfix: Digest | null;
  /** Of a codebook entry from the prompt, with the radius within which it lies. */
  readonly distance?: number;
  readonly radius?: number;
}

/** What an answer owes to patches. */
export interface PatchEffects {
  /** First effect first. */
  readonly fired: readonly FiredPatch[];
  /** The codebook entry nearest to the prompt, hit or not; null where no entries are attached. */
  readonly nearest: {
    readonly patch: string;
    readonly distance: number;
    readonly radius: number;
    readonly hit: boolean;
  } | null;
}

/** Hits come before misses, then the smaller distance. */
const byNearness = (left: NearestEntry, right: NearestEntry): number =>
  Number(right.hit) - Number(left.hit) || left.distance - right.distance;

/** What an answer owes to patches, by the engine's report; `originOf` says where a patch comes from. */
export const effectsOf = (report: PatchReport, originOf: (patch: Patch) => PatchOrigin): PatchEffects => {
  const fired = report.fired.map((patch) => {
    const entry = report.nearest.find((candidate) => candidate.hit && candidate.patch === patch);
    const measured = entry ? { distance: entry.distance, radius: entry.radius } : {};
    const { prompt: edit, hotfix } = originOf(patch);
    return { patch: patch.id, kind: patch.kind, layer: patch.layer ?? null, edit, hotfix, ...measured };
  });
  const [nearest] = report.nearest.toSorted(byNearness);
  if (!nearest) return { fired, nearest: null };
  const { distance, radius, hit } = nearest;
  return { fired, nearest: { patch: nearest.patch.id, distance, radius, hit } };
};

/** One report for an answer of several choices: every patch once, in order of first effect. */
export const mergeReports = (reports: readonly PatchReport[]): PatchReport => ({
  fired: [...new Set(reports.flatMap((report) => report.fired))],
  nearest: reports.flatMap((report) => report.nearest),
});
