import { ok, type Result } from "../../core/result.ts";
import type { DownSite } from "../down-projection/block-forward.ts";
import { editSequences } from "../down-projection/edit-sequences.ts";
import { solveAlphaedit } from "../down-projection/solve-associations.ts";
import { applyJoint } from "../joint/apply-joint.ts";
import { atLookups } from "../joint/joint-edits.ts";
import { type JointWork, openJointWork } from "../joint/joint-work.ts";
import { fromColumns } from "../linear-algebra/from-vectors.ts";
import type { Matrix } from "../linear-algebra/matrix.ts";
import type { EditMethod } from "../method.ts";
import { nullSpace } from "./null-space.ts";
import { parseAlphaeditSettings } from "./settings.ts";

/** The keys [m, p] of the parent's edits at `site`, under its patches; null where there are none. */
const previousKeys = async (
  site: DownSite,
  { context, locate, chosen: { kept, base } }: JointWork,
): Promise<Result<Matrix | null>> => {
  const keys: Float32Array[] = [];
  for (const edit of kept.edits) {
    const sequences = editSequences(edit, [], "prompt-last", context.engine);
    if (!sequences.ok) return sequences;
    const run = await locate.forward.run(sequences.value.rows, [site.layer], base);
    if (!run.ok) return run;
    for (const key of atLookups(sequences.value, run.value.get(site.layer)!.keys, site.in))
      keys.push(key.slice());
  }
  return ok(keys.length === 0 ? null : fromColumns(keys));
};

/** AlphaEdit's work, as `alphaedit` in `alphaedit.ts` describes it: `apply` of the method. */
export const applyAlphaedit: EditMethod["apply"] = async (edits, settings, context) => {
  const parsed = parseAlphaeditSettings(settings);
  if (!parsed.ok) return parsed;
  const { "null-share": share, ridge } = parsed.value;
  const opened = await openJointWork("alphaedit", edits, parsed.value, context);
  if (!opened.ok) return opened;
  const work = opened.value;
  return applyJoint(async (site, associations) => {
    const moment = await context.loadSecondMoment(site.layer, "answer");
    if (!moment.ok) return moment;
    const previous = await previousKeys(site, work);
    if (!previous.ok) return previous;
    return solveAlphaedit(associations, nullSpace(moment.value, share), previous.value, ridge);
  }, work);
};
