import { solveMemit } from "../down-projection/solve-associations.ts";
import { applyJoint } from "../joint/apply-joint.ts";
import { openJointWork } from "../joint/joint-work.ts";
import type { EditMethod } from "../method.ts";
import { parseMemitSettings } from "./settings.ts";

/** MEMIT's work, as `memit` in `memit.ts` describes it: `apply` of the method. */
export const applyMemit: EditMethod["apply"] = async (edits, settings, context) => {
  const parsed = parseMemitSettings(settings);
  if (!parsed.ok) return parsed;
  const { lambda, ridge } = parsed.value;
  const work = await openJointWork("memit", edits, parsed.value, context);
  if (!work.ok) return work;
  return applyJoint(async ({ layer }, associations) => {
    const moment = await context.loadSecondMoment(layer, "answer");
    return moment.ok ? solveMemit(associations, moment.value.matrix, lambda, ridge) : moment;
  }, work.value);
};
