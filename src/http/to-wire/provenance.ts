import type { Patch } from "../../core/patch/patch.ts";
import type { NearestEntry } from "../../engine/generation.ts";
import type { ReadyModel } from "../../service/answering/model-runner.ts";
import type { Effect, Provenance } from "../../wire/provenance.ts";

/** What the engine says of a generation's or a score's patches. */
export interface PatchReport {
  readonly fired: readonly Patch[];
  readonly nearest: readonly NearestEntry[];
}

/** Hits come before misses, then the smaller distance. */
const byNearness = (left: NearestEntry, right: NearestEntry): number =>
  Number(right.hit) - Number(left.hit) || left.distance - right.distance;

/** Puts on the wire what an answer of `ready` owes to patches. */
export const toEffect = ({ patches }: ReadyModel, report: PatchReport): Effect => {
  const fired = report.fired.map((patch) => {
    const entry = report.nearest.find((candidate) => candidate.hit && candidate.patch === patch);
    const measured = entry ? { distance: entry.distance, radius: entry.radius } : {};
    const { prompt: edit, hotfix } = patches.originOf(patch);
    return { patch: patch.id, kind: patch.kind, layer: patch.layer ?? null, edit, hotfix, ...measured };
  });
  const [nearest] = report.nearest.toSorted(byNearness);
  if (!nearest) return { fired, nearest: null };
  const { distance, radius, hit } = nearest;
  return { fired, nearest: { patch: nearest.patch.id, distance, radius, hit } };
};

/** Puts on the wire where an answer of `ready` comes from. */
export const toProvenance = (ready: ReadyModel, report: PatchReport): Provenance => ({
  model: ready.record.digest,
  bundle: ready.target?.bundle ?? null,
  version: ready.target?.version ?? null,
  channel: ready.channel,
  sequence: ready.sequence,
  patchSet: ready.patchSet,
  hotfixes: [...ready.hotfixes],
  disabled: [...ready.disabled],
  attached: ready.patches.attached,
  everywhere: ready.patches.everywhere,
  ...toEffect(ready, report),
});

/** One report for an answer of several choices: every patch once, in order of first effect. */
export const mergeReports = (reports: readonly PatchReport[]): PatchReport => ({
  fired: [...new Set(reports.flatMap((report) => report.fired))],
  nearest: reports.flatMap((report) => report.nearest),
});
