import { shortId } from "../digest.ts";
import { problem } from "../problem.ts";
import { fail, ok, type Result } from "../result.ts";
import { CHANNEL_MAX_DISABLED, type PlannedMove } from "./channel.ts";
import { listNames } from "./describe-change.ts";
import { nearNames } from "./near-names.ts";
import { type CatalogPatch, groupOf, type PatchCatalog } from "./patch-catalog.ts";
import { type MoveContext, planMove } from "./plan-move.ts";

/** The patches of these ids. Errors: `unknown_patch`, with the ids that are nearest to the first unknown one. */
export const findPatches = (
  channel: string,
  { patches }: PatchCatalog,
  ids: readonly string[],
): Result<readonly CatalogPatch[]> => {
  const unknown = ids.find((id) => !patches.has(id));
  if (unknown === undefined) return ok(ids.map((id) => patches.get(id)!));
  const near = nearNames(unknown, [...patches.keys()]);
  const advice = near.length > 0 ? ` Did you mean ${listNames(near)}?` : "";
  return fail(
    problem("unknown_patch", `Channel "${channel}" holds no patch "${unknown.slice(0, 120)}".${advice}`, {
      param: "patch",
      detail: { near },
    }),
  );
};

/** Errors: `limit_exceeded` where more than `CHANNEL_MAX_DISABLED` patches would be off. */
export const checkDisabledCount = (channel: string, disabled: readonly string[]): Result<true> =>
  disabled.length <= CHANNEL_MAX_DISABLED
    ? ok(true)
    : fail(
        problem(
          "limit_exceeded",
          `Channel "${channel}" would have ${disabled.length} patches disabled; at most ${CHANNEL_MAX_DISABLED} can be. ` +
            "Make a bundle without them: errata bundle absorb.",
          { param: "disabled" },
        ),
      );

const sourceOf = ({ hotfix }: CatalogPatch): string =>
  hotfix === null ? "of the bundle" : `of hotfix ${shortId(hotfix)}`;

/**
 * What a channel is left with where a patch goes off that corrected a prompt again, or made room for another entry: the
 * one before it stays off, as it would be in the way of what came with the newer one.
 */
const leftWithout = ({ patches }: PatchCatalog, group: readonly CatalogPatch[]): string => {
  const prompts = new Set(group.flatMap(({ edits }) => edits.map(({ prompt }) => prompt)));
  const others = [...patches.values()].filter(
    (patch) => !group.includes(patch) && patch.edits.some(({ prompt }) => prompts.has(prompt)),
  );
  if (others.length === 0 || others.some(({ enabled }) => enabled)) return "";
  const names = listNames(others.map(({ record }) => record.id));
  return `; ${names}, of the same prompt, ${others.length === 1 ? "stays" : "stay"} disabled: nothing corrects it now`;
};

/**
 * Plans to disable or to enable one patch of a live channel, with all that were solved with it; null where they are
 * so already.
 * Errors: `unknown_patch` with near ids, `limit_exceeded`; those of `planMove`.
 */
export const planToggle = async (
  context: MoveContext,
  catalog: PatchCatalog,
  id: string,
  action: "disable" | "enable",
): Promise<Result<PlannedMove | null>> => {
  const { channel } = context;
  const found = findPatches(channel.channel, catalog, [id]);
  if (!found.ok) return found;
  const group = groupOf(catalog, found.value[0]!);
  if (group.every(({ enabled }) => enabled === (action === "enable"))) return ok(null);
  const ids = group.map(({ record }) => record.id);
  const others = channel.disabled.filter((other) => !ids.includes(other));
  const disabled = action === "enable" ? others : [...others, ...ids].sort();
  const counted = checkDisabledCount(channel.channel, disabled);
  if (!counted.ok) return counted;
  const { target, hotfixes } = channel;
  const what = ids.length === 1 ? `patch ${id}` : `patches ${listNames(ids)}`;
  const left = action === "disable" ? leftWithout(catalog, group) : "";
  const summary = `${action}d ${what} ${sourceOf(group[0]!)}${left}`;
  return planMove(context, action, { target, hotfixes, disabled }, summary);
};
