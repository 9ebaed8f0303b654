import type { Patch } from "../../core/patch/patch.ts";
import type { NearestEntry } from "../../engine/generation.ts";
import type { PatchOrigin } from "../../service/patch-set-loader.ts";
import type { Effect } from "../../wire/provenance.ts";

/** What the engine says of a generation's or a score's patches. */
export interface PatchReport {
  readonly fired: readonly Patch[];
  readonly nearest: readonly NearestEntry[];
}

/** Hits come before misses, then the smaller distance. */
const byNearness = (left: NearestEntry, right: NearestEntry): number =>
  Number(right.hit) - Number(left.hit) || left.distance - right.distance;

/**
 * Puts the engine's report on the wire.
 *
 * @param originOf says where a patch comes from
 */
export const toEffect = (report: PatchReport, originOf: (patch: Patch) => PatchOrigin): Effect => {
  const fired = report.fired.map((patch) => {
    const entry = report.nearest.find((candidate) => candidate.hit && candidate.patch === patch);
    const measured = entry ? { distance: entry.distance, radius: entry.radius } : {};
    const { prompt: edit, hotfix } = originOf(patch);
    return { patch: patch.id, kind: patch.kind, layer: patch.layer, edit, hotfix, ...measured };
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
