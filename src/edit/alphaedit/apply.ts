import { ok, type Result } from "../../core/result.ts";
import type { DownSite } from "../down-projection/block-forward.ts";
import { editSequences } from "../down-projection/edit-sequences.ts";
import { applyJoint } from "../joint/apply-joint.ts";
import { atLookups } from "../joint/edit-goals.ts";
import type { JointWork } from "../joint/joint-work.ts";
import { fromColumns } from "../linear-algebra/from-vectors.ts";
import type { Matrix } from "../linear-algebra/matrix.ts";
import { nullSpace } from "./null-space.ts";
import { parseAlphaeditSettings } from "./settings.ts";
import { solveAlphaedit } from "./solve-alphaedit.ts";

/** The keys [m, p] of the parent's edits at `site`, under its patches; null where there are none. */
const previousKeys = async (
  site: DownSite,
  { context, site: { locate }, chosen: { kept, base } }: JointWork,
): Promise<Result<Matrix | null>> => {
  const keys: Float32Array[] = [];
  for (const edit of kept.edits) {
    const sequences = await editSequences(edit, [], "prompt-last", context.engine);
    if (!sequences.ok) return sequences;
    const run = await locate.forward.run(sequences.value.rows, [site.layer], base);
    if (!run.ok) return run;
    for (const key of atLookups(sequences.value, run.value.get(site.layer)!.keys, site.in))
      keys.push(key.slice());
  }
  return ok(keys.length === 0 ? null : fromColumns(keys));
};

/** AlphaEdit's work, as `alphaedit` in `alphaedit.ts` describes it: `apply` of the method. */
export const applyAlphaedit = applyJoint({
  name: "alphaedit",
  parse: parseAlphaeditSettings,
  solver: (work) => async (site, associations) => {
    const { "null-share": share, ridge } = work.settings;
    const moment = await work.context.loadSecondMoment(site.layer, "answer");
    if (!moment.ok) return moment;
    const previous = await previousKeys(site, work);
    if (!previous.ok) return previous;
    return solveAlphaedit(associations, nullSpace(moment.value, share), previous.value, ridge);
  },
});
