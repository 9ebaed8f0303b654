import type { Manifest } from "../bundle/manifest.ts";
import { type Digest, shortId } from "../digest.ts";
import { type Problem, problem } from "../problem.ts";
import { fail, ok, type Result } from "../result.ts";
import { CHANNEL_MAX_HOTFIXES, type ChannelState, type PlannedMove } from "./channel.ts";
import { listNames } from "./describe-change.ts";
import type { PatchCatalog } from "./patch-catalog.ts";
import { type MoveContext, planMove } from "./plan-move.ts";
import { checkDisabledCount, findPatches } from "./plan-toggle.ts";

/** A hotfix to put live: its manifest, already verified, and the patches that it supersedes. */
export interface HotfixToPlan {
  readonly id: Digest;
  readonly manifest: Manifest;
  /** Ids of patches of the channel that the hotfix corrects again, to be disabled in the same move. */
  readonly disable: readonly string[];
}

const faultOf = (
  channel: ChannelState,
  catalog: PatchCatalog,
  { id, manifest }: HotfixToPlan,
): Problem | null => {
  if (channel.hotfixes.includes(id)) return null;
  if (channel.hotfixes.length >= CHANNEL_MAX_HOTFIXES)
    return problem(
      "limit_exceeded",
      `Channel "${channel.channel}" has ${channel.hotfixes.length} hotfixes, the most there may be. Make a bundle of ` +
        "them: errata bundle absorb.",
      { param: "hotfixes" },
    );
  if (manifest.patches.length === 0)
    return problem("malformed_manifest", "The hotfix holds no patch. Build it again.", { param: "patches" });
  const taken = manifest.patches.find((patch) => catalog.patches.has(patch.id));
  return taken === undefined
    ? null
    : problem(
        "edit_conflict",
        `Channel "${channel.channel}" already holds a patch "${taken.id}". Give the hotfix's patch another id, and ` +
          "name the one it supersedes to be disabled.",
        { param: "patches", detail: { patch: taken.id } },
      );
};

/**
 * Plans a hotfix: its patches on top of what the channel serves, and what they supersede disabled, in one move.
 * Null where the hotfix is live already, with all of that disabled.
 *
 * Errors: `limit_exceeded` past `CHANNEL_MAX_HOTFIXES` or `CHANNEL_MAX_DISABLED`, `edit_conflict` where a patch's id
 * is taken, `unknown_patch`, `malformed_manifest`; those of `planMove`.
 */
export const planHotfix = async (
  context: MoveContext,
  catalog: PatchCatalog,
  hotfix: HotfixToPlan,
): Promise<Result<PlannedMove | null>> => {
  const { channel } = context;
  const fault = faultOf(channel, catalog, hotfix);
  if (fault !== null) return fail(fault);
  const superseded = findPatches(channel.channel, catalog, hotfix.disable);
  if (!superseded.ok) return superseded;
  const live = channel.hotfixes.includes(hotfix.id);
  const fresh = superseded.value.filter(({ enabled }) => enabled).map(({ record }) => record.id);
  if (live && fresh.length === 0) return ok(null);
  const disabled = [...new Set([...channel.disabled, ...fresh])].sort();
  const counted = checkDisabledCount(channel.channel, disabled);
  if (!counted.ok) return counted;
  const hotfixes = live ? channel.hotfixes : [...channel.hotfixes, hotfix.id];
  const adds = `hotfix ${shortId(hotfix.id)} adds ${listNames(hotfix.manifest.patches.map(({ id }) => id))}`;
  const summary = fresh.length > 0 ? `${adds}; disabled ${listNames(fresh)}` : adds;
  return planMove(context, "hotfix", { target: channel.target, hotfixes, disabled }, summary);
};
