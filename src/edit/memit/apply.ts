import { applyJoint } from "../joint/apply-joint.ts";
import { parseMemitSettings, scaledLambda } from "./settings.ts";
import { solveMemit } from "./solve-memit.ts";

/** MEMIT's work, as `memit` in `memit.ts` describes it: `apply` of the method. */
export const applyMemit = applyJoint({
  name: "memit",
  parse: parseMemitSettings,
  solver:
    ({ settings: { lambda, ridge }, context }) =>
    async ({ layer }, associations) => {
      const moment = await context.loadSecondMoment(layer, "answer");
      if (!moment.ok) return moment;
      const { matrix } = moment.value;
      return solveMemit(associations, matrix, lambda ?? scaledLambda(matrix.rows), ridge);
    },
});
