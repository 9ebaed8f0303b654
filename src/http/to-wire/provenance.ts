import type { ReadyModel } from "../../service/answering/model-runner.ts";
import type { PatchReport } from "../../service/answering/patch-effects.ts";
import { effectsOf } from "../../service/answering/patch-effects.ts";
import type { Effect, Provenance } from "../../wire/provenance.ts";

/** Puts on the wire what an answer of `ready` owes to patches. */
export const toEffect = ({ patches }: ReadyModel, report: PatchReport): Effect => {
  const { fired, nearest } = effectsOf(report, patches.originOf);
  return { fired: [...fired], nearest };
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
