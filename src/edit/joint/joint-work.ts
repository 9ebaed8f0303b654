import type { PreparedModel } from "../../core/model/prepared-model.ts";
import { ok, type Result } from "../../core/result.ts";
import type { BlockForward, DownSite } from "../down-projection/block-forward.ts";
import { type LocateSession, openLocateSession } from "../down-projection/locate-session.ts";
import type { UpdateFactors } from "../down-projection/low-rank-patches.ts";
import type { MethodWork } from "../frame/apply-method.ts";
import type { EditingContext } from "../method.ts";
import type { JointSettings } from "./joint-settings.ts";
import type { KeyedResiduals } from "./solve-factors.ts";

/** What a method that solves for many edits at once makes of their keys and residuals at one block. */
export type SolveBlock = (site: DownSite, associations: KeyedResiduals) => Promise<Result<UpdateFactors>>;

/** Where a joint method edits a model. */
export interface JointSites {
  readonly locate: LocateSession;
  /** The blocks to edit, in order; the last is the top block. */
  readonly sites: readonly DownSite[];
}

/** A joint method at work on one group of edits. */
export type JointWork<Settings extends JointSettings = JointSettings> = MethodWork<Settings, JointSites>;

/**
 * Those of the middle blocks, as MEMIT spreads edits over middle blocks, and of the block that the trace found to look
 * facts up, which in a small model may be the first; all where there is none.
 */
const advisedSites = ({ sites }: BlockForward, { layers, trace }: PreparedModel): readonly DownSite[] => {
  const advised = sites.filter(({ layer }) => layer === trace?.layer || (layer > 0 && layer < layers - 1));
  return advised.length > 0 ? advised : sites;
};

/** The blocks of `settings`, or those that are advised. Errors: `wrong_base_model` where a block takes no such patch. */
export const locateJoint = (
  context: Pick<EditingContext, "model" | "graph">,
  { blocks }: JointSettings,
): Result<JointSites> => {
  const locate = openLocateSession(context);
  if (!locate.ok) return locate;
  if (blocks === null)
    return ok({ locate: locate.value, sites: advisedSites(locate.value.forward, context.model) });
  const sites: DownSite[] = [];
  for (let layer = blocks.first; layer <= blocks.last; layer++) {
    const site = locate.value.site(layer);
    if (!site.ok) return site;
    sites.push(site.value);
  }
  return ok({ locate: locate.value, sites });
};
