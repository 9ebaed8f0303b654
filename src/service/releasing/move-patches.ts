import { type VerifiedBundle, verifyBundle } from "../../core/bundle/verify-bundle.ts";
import { problem } from "../../core/problem.ts";
import type { ChannelState, PlannedMove } from "../../core/release/channel.ts";
import { planHotfix } from "../../core/release/plan-hotfix.ts";
import { planToggle } from "../../core/release/plan-toggle.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { HotfixToStore, ModelRecord } from "../../store/ports.ts";
import { checkContent } from "../publishing/check-content.ts";
import type { SignedBundle } from "../publishing/publish-bundle.ts";
import { commitMove, findMovable, type MoveRequest, toMoveContext } from "./move-channel.ts";
import { type CatalogDependencies, readCatalog } from "./read-catalog.ts";

/** A move that was made or planned; `move` is null where the channel is so already. */
export interface PatchMove {
  readonly channel: ChannelState;
  readonly move: PlannedMove | null;
}

/** A hotfix to be put live. */
export interface HotfixRequest extends MoveRequest {
  readonly hotfix: SignedBundle;
  /** Ids of the patches that it supersedes. */
  readonly disable: readonly string[];
}

const verifyHotfix = async (
  { stores, trustedKeys }: CatalogDependencies,
  { hotfix }: HotfixRequest,
  record: ModelRecord,
): Promise<Result<VerifiedBundle>> => {
  const verified = await verifyBundle({
    ...hotfix,
    trustedKeys,
    model: record.model,
    getBlobs: (digests) => stores.blobs.getMany(digests),
  });
  if (!verified.ok) return verified;
  const { manifest } = verified.value;
  if (manifest.model.name !== record.name)
    return fail(
      problem(
        "wrong_base_model",
        `The hotfix names the model ${manifest.model.name}, the channel ${record.name}.`,
        { param: "manifest" },
      ),
    );
  if (manifest.report !== null)
    return fail(
      problem("malformed_manifest", "A hotfix carries no report. Build it without.", { param: "report" }),
    );
  return checkContent(verified.value, record);
};

const settle = (channel: ChannelState, committed: Result<PlannedMove>): Result<PatchMove> =>
  committed.ok ? ok({ channel, move: committed.value }) : committed;

/**
 * Puts a signed hotfix live on a channel: verified like a bundle, stored, and the channel moved, in one
 * compare-and-swap with its audit row. What is live already stays as it is.
 *
 * Errors: those of `verifyBundle`, `composePatchSet`, `planHotfix` and the commit.
 */
export const putHotfix = async (
  dependencies: CatalogDependencies,
  request: HotfixRequest,
): Promise<Result<PatchMove>> => {
  const { stores } = dependencies;
  const movable = await findMovable(stores, request);
  if (!movable.ok) return movable;
  const { record, channel } = movable.value;
  const verified = await verifyHotfix(dependencies, request, record);
  if (!verified.ok) return verified;
  const catalog = await readCatalog(dependencies, channel);
  if (!catalog.ok) return catalog;
  const { id, manifest } = verified.value;
  const plan = { id, manifest, disable: request.disable };
  const planned = await planHotfix(toMoveContext(request, channel), catalog.value, plan);
  if (!planned.ok) return planned;
  if (planned.value === null) return ok({ channel, move: null });
  const { manifestBytes, signatures } = request.hotfix;
  const hotfix: HotfixToStore = {
    id,
    manifest,
    manifestBytes,
    signatures,
    createdAt: request.at,
    createdBy: request.actor,
  };
  return settle(channel, await commitMove(stores, request, ok(planned.value), hotfix));
};

/**
 * Disables or enables one patch of a channel, from the next request on.
 * Errors: those of `planToggle` and the commit.
 */
export const togglePatch = async (
  dependencies: CatalogDependencies,
  request: MoveRequest,
  patch: string,
  action: "disable" | "enable",
): Promise<Result<PatchMove>> => {
  const { stores } = dependencies;
  const movable = await findMovable(stores, request);
  if (!movable.ok) return movable;
  const { channel } = movable.value;
  const catalog = await readCatalog(dependencies, channel);
  if (!catalog.ok) return catalog;
  const planned = await planToggle(toMoveContext(request, channel), catalog.value, patch, action);
  if (!planned.ok) return planned;
  if (planned.value === null) return ok({ channel, move: null });
  return settle(channel, await commitMove(stores, request, ok(planned.value)));
};
