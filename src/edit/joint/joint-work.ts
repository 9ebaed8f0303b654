import type { Edit } from "../../core/edit/edit.ts";
import type { PreparedModel } from "../../core/model/prepared-model.ts";
import { ok, type Result } from "../../core/result.ts";
import type { BlockForward, DownSite } from "../down-projection/block-forward.ts";
import { type LocateSession, openLocateSession } from "../down-projection/locate-session.ts";
import type { UpdateFactors } from "../down-projection/low-rank-patches.ts";
import type { KeyedResiduals } from "../down-projection/solve-associations.ts";
import { type ChosenEdits, chooseEdits } from "../frame/choose-edits.ts";
import type { EditingContext } from "../method.ts";
import type { JointSettings } from "./joint-settings.ts";

/** What a method that solves for many edits at once makes of their keys and residuals at one block. */
export type SolveBlock = (site: DownSite, associations: KeyedResiduals) => Promise<Result<UpdateFactors>>;

/** A joint method at work on one group of edits. */
export interface JointWork {
  readonly name: string;
  readonly settings: JointSettings;
  readonly context: EditingContext;
  readonly locate: LocateSession;
  /** The blocks to edit, in order; the last is the top block. */
  readonly sites: readonly DownSite[];
  readonly chosen: ChosenEdits;
}

/**
 * Those of the middle blocks, as MEMIT spreads edits over middle blocks, and of the block that the trace found to look
 * facts up, which in a small model may be the first; all where there is none.
 */
const advisedSites = ({ sites }: BlockForward, { layers, trace }: PreparedModel): readonly DownSite[] => {
  const advised = sites.filter(({ layer }) => layer === trace?.layer || (layer > 0 && layer < layers - 1));
  return advised.length > 0 ? advised : sites;
};

const sitesOf = (
  locate: LocateSession,
  blocks: JointSettings["blocks"],
  model: PreparedModel,
): Result<readonly DownSite[]> => {
  if (blocks === null) return ok(advisedSites(locate.forward, model));
  const sites: DownSite[] = [];
  for (let layer = blocks.first; layer <= blocks.last; layer++) {
    const site = locate.site(layer);
    if (!site.ok) return site;
    sites.push(site.value);
  }
  return ok(sites);
};

/**
 * Opens what a group of `edits` needs. Errors: `shape_mismatch` where a block takes no such patch; those of
 * `chooseEdits`.
 */
export const openJointWork = async (
  name: string,
  edits: readonly Edit[],
  settings: JointSettings,
  context: EditingContext,
): Promise<Result<JointWork>> => {
  const locate = openLocateSession(context);
  if (!locate.ok) return locate;
  const sites = sitesOf(locate.value, settings.blocks, context.model);
  if (!sites.ok) return sites;
  const chosen = await chooseEdits(context, edits);
  if (!chosen.ok) return chosen;
  return ok({ name, settings, context, locate: locate.value, sites: sites.value, chosen: chosen.value });
};
